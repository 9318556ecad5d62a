import { expect } from "vitest";
import { changePassword } from "#lib/auth/change-password.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { listApiKeys } from "#lib/auth/list-api-keys.ts";
import { listSessions } from "#lib/auth/list-sessions.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { resetPassword } from "#lib/auth/reset-password.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { revokeApiKey } from "#lib/auth/revoke-api-key.ts";
import { revokeOtherSessions } from "#lib/auth/revoke-other-sessions.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import { signIn } from "#lib/auth/sign-in.ts";
import { sessionOf } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PASSWORD = "a password of some length";

/** A person with an open session. */
async function signedIn(runtime: Runtime) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const passwordHash = await hashPassword(PASSWORD);
  await runtime.db.user.create({ data: { id, email, name: "Someone", role: "admin", passwordHash } });
  const open = async () => {
    const visitor = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
    const { sid } = await signIn(visitor, { email, password: PASSWORD });
    const session = await resolveSession(visitor, sid);
    if (session === null) throw new Error("the session did not open");
    return makeCtx(runtime, { actor: session.actor });
  };
  const ctx = await open();
  const sid = ctx.actor.type === "user" ? (ctx.actor.sessionId ?? "") : "";
  return { ctx, sid, open, id, email };
}

pgTest("a key is shown once, hashed, listed without its secret, and revoked for good", async ({ ctx, db }) => {
  const made = await createApiKey(ctx, { name: "CI", scopes: ["tracking:read", "tracking:read"] });
  expect(made.key).toMatch(/^ask_[\w-]{43}$/);
  const row = await db.apiKey.findUniqueOrThrow({ where: { id: made.id } });
  expect(JSON.stringify(row)).not.toContain(made.key);
  expect(row.scopes).toEqual(["tracking:read"]);
  const listed = await listApiKeys(ctx);
  expect(listed).toMatchObject([{ id: made.id, name: "CI", prefix: made.key.slice(0, 10), revokedAt: null }]);
  expect(JSON.stringify(listed)).not.toContain(made.key);

  await revokeApiKey(ctx, { id: made.id });
  expect((await listApiKeys(ctx))[0]?.revokedAt).not.toBeNull();
  await expect(revokeApiKey(ctx, { id: made.id })).rejects.toThrow("not found");
  const audited = await db.auditEvent.findMany({ where: { subject: `api_key:${made.id}` }, orderBy: { seq: "asc" } });
  expect(audited.map((event) => event.action)).toEqual(["api_key.create", "api_key.revoke"]);
  expect(JSON.stringify(audited.map((event) => event.detail))).not.toContain(made.key);
});

pgTest("keys of another project are not there", async ({ ctx, make }) => {
  const other = await make.ctx({ projectId: "default" });
  const made = await createApiKey(other, { name: "elsewhere", scopes: ["tracking:read"] });
  expect((await listApiKeys(ctx)).map((key) => key.id)).not.toContain(made.id);
  await expect(revokeApiKey(ctx, { id: made.id })).rejects.toThrow("not found");
});

pgTest("a key that is over before it begins is refused", async ({ ctx }) => {
  const expiresAt = "2020-01-01T00:00:00Z";
  await expect(createApiKey(ctx, { name: "late", scopes: ["admin"], expiresAt })).rejects.toThrow("before it begins");
});

pgTest("without the scope admin there is no access to keys", async ({ make }) => {
  const ctx = await make.apiKeyCtx({ scopes: ["tracking:write", "registry:write"] });
  await expect(createApiKey(ctx, { name: "x", scopes: ["admin"] })).rejects.toThrow("scope admin");
  await expect(listApiKeys(ctx)).rejects.toThrow("scope admin");
  await expect(revokeApiKey(ctx, { id: "x" })).rejects.toThrow("scope admin");
  await expect(resetPassword(ctx, {})).rejects.toThrow("scope instance");
});

pgTest("lists and ends the person's own sessions only", async ({ runtime }) => {
  const me = await signedIn(runtime);
  const second = await me.open();
  const stranger = await signedIn(runtime);
  const list = await listSessions(me.ctx, { currentId: me.sid });
  expect(list).toHaveLength(2);
  expect(list.filter((session) => session.current).map((session) => session.id)).toEqual([me.sid]);
  await expect(revokeSession(stranger.ctx, { id: me.sid })).rejects.toThrow("not found");
  await revokeSession(second, { id: me.sid });
  expect(await resolveSession(runtime, me.sid)).toBeNull();
  expect(await listSessions(second, {})).toHaveLength(1);
});

pgTest("all of the person's sessions but the one that asks end at once, on record", async ({ runtime, db, make }) => {
  const me = await signedIn(runtime);
  const others = [await me.open(), await me.open()];
  const stranger = await signedIn(runtime);
  await revokeOtherSessions(me.ctx);
  expect((await listSessions(me.ctx, {})).map(({ id }) => id)).toEqual([me.sid]);
  for (const { actor } of others) {
    expect(await resolveSession(runtime, sessionOf({ actor }) ?? "")).toBeNull();
  }
  expect(await resolveSession(runtime, stranger.sid)).not.toBeNull();
  const where = { subject: `user:${me.id}`, action: "session.revoke_others" };
  const [event] = await db.auditEvent.findMany({ where });
  expect(event?.detail).toEqual({ sessions: expect.arrayContaining(others.map(({ actor }) => sessionOf({ actor }))) });
  await expect(revokeOtherSessions(await make.apiKeyCtx({ scopes: ["admin"] }))).rejects.toThrow("signed-in person");
});

pgTest("a changed password ends the other sessions", async ({ runtime, db }) => {
  const me = await signedIn(runtime);
  const other = await me.open();
  const next = { currentPassword: PASSWORD, newPassword: "another password, longer" };
  await expect(changePassword(me.ctx, { ...next, currentPassword: "wrong" })).rejects.toThrow("not right");
  await expect(changePassword(me.ctx, { ...next, newPassword: "short" })).rejects.toThrow("at least 12");
  await expect(changePassword(me.ctx, { ...next, newPassword: PASSWORD })).rejects.toThrow("another password");
  await changePassword(me.ctx, { ...next, keepSession: me.sid });
  expect(await resolveSession(runtime, me.sid)).not.toBeNull();
  const otherSid = other.actor.type === "user" ? other.actor.sessionId : undefined;
  expect(await resolveSession(runtime, otherSid ?? "")).toBeNull();
  await expect(me.open()).rejects.toThrow("do not match");
  expect(await db.auditEvent.count({ where: { subject: `user:${me.id}`, action: "user.change_password" } })).toBe(1);
});

pgTest("guessing the current password pauses the account", async ({ runtime }) => {
  const me = await signedIn(runtime);
  const newPassword = "another password, longer";
  for (let index = 0; index < 5; index += 1) {
    await expect(changePassword(me.ctx, { currentPassword: "wrong", newPassword })).rejects.toThrow("not right");
  }
  await expect(changePassword(me.ctx, { currentPassword: PASSWORD, newPassword })).rejects.toThrow("not right");
});

pgTest("a reset gives a password that has to be changed, and ends every session", async ({ runtime, ctx }) => {
  const me = await signedIn(runtime);
  const { email, password } = await resetPassword(ctx, { email: ` ${me.email.toUpperCase()} ` });
  expect(email).toBe(me.email);
  expect(await resolveSession(runtime, me.sid)).toBeNull();
  const visitor = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
  expect(await signIn(visitor, { email, password })).toMatchObject({ mustChangePassword: true });
  await expect(resetPassword(ctx, { email: "nobody@example.org" })).rejects.toThrow("not found");
});
