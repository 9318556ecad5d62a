import { expect } from "vitest";
import { hashPassword } from "#lib/auth/password.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { SIGN_IN_REFUSED, signIn } from "#lib/auth/sign-in.ts";
import type { Db } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PASSWORD = "a password of some length";

async function makeUser(db: Db, more: { mustChangePassword?: boolean; disabledAt?: Date; role?: string } = {}) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const passwordHash = await hashPassword(PASSWORD);
  const memberships = { create: { projectId: "default", role: "member" } };
  return db.user.create({ data: { id, email, name: "Someone", role: "user", passwordHash, memberships, ...more } });
}

/** A visitor at a time of the test's own making. */
function visitor(runtime: Runtime, at = new Date()) {
  const ctx = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] }, ip: "192.0.2.7" });
  return { ...ctx, clock: { now: () => at } };
}

pgTest("opens a session that knows who it is", async ({ runtime, db }) => {
  const user = await makeUser(db);
  const ctx = visitor(runtime);
  const { sid } = await signIn(ctx, {
    email: ` ${user.email.toUpperCase()}`.trim(),
    password: PASSWORD,
    userAgent: "UA",
  });
  const session = await resolveSession(ctx, sid);
  expect(session?.actor).toMatchObject({ id: user.id, email: user.email, sessionId: sid });
  expect(session?.actor.scopes).toContain("training:write");
  expect(session?.actor.scopes).not.toContain("admin");
  expect(await db.session.findUnique({ where: { id: sid } })).toMatchObject({
    ...{ ip: "192.0.2.7", userAgent: "UA", method: "password", authenticatedAt: expect.any(Date) },
  });
  expect((await db.user.findUniqueOrThrow({ where: { id: user.id } })).lastSignInAt).not.toBeNull();
});

pgTest("refuses in one and the same way, and writes it down", async ({ runtime, db }) => {
  const user = await makeUser(db);
  const disabled = await makeUser(db, { disabledAt: new Date() });
  const ctx = visitor(runtime);
  for (const [email, password] of [
    [user.email, "wrong password"],
    ["nobody@example.org", PASSWORD],
    [disabled.email, PASSWORD],
    ["not an address", PASSWORD],
    [user.email, ""],
  ]) {
    await expect(signIn(ctx, { email: email ?? "", password: password ?? "" })).rejects.toThrow(SIGN_IN_REFUSED);
  }
  expect(await db.deniedAttempt.count({ where: { requestId: ctx.requestId } })).toBe(5);
  expect(await db.session.count({ where: { userId: { in: [user.id, disabled.id] } } })).toBe(0);
});

pgTest("takes as long for an unknown address as for a wrong password", async ({ runtime, db }) => {
  const user = await makeUser(db);
  const ctx = visitor(runtime);
  const timeOf = async (email: string) => {
    const times: number[] = [];
    for (let index = 0; index < 4; index += 1) {
      const started = performance.now();
      await signIn(ctx, { email, password: "wrong password" }).catch(() => undefined);
      times.push(performance.now() - started);
    }
    return Math.min(...times);
  };
  await timeOf("warm-up@example.org");
  const unknown = await timeOf("nobody@example.org");
  const wrong = await timeOf(user.email);
  expect(unknown).toBeGreaterThan(wrong / 3);
});

pgTest("pauses after five failures, longer each time, and lets nobody in meanwhile", async ({ runtime, db }) => {
  const user = await makeUser(db);
  let now = Date.parse("2026-01-01T00:00:00Z");
  const attempt = (password: string) => signIn(visitor(runtime, new Date(now)), { email: user.email, password });
  for (let index = 0; index < 5; index += 1) await expect(attempt("wrong")).rejects.toThrow();
  await expect(attempt(PASSWORD)).rejects.toThrow(SIGN_IN_REFUSED);
  now += 16_000;
  await expect(attempt("wrong")).rejects.toThrow();
  now += 16_000;
  // The second pause lasts 30 s.
  await expect(attempt(PASSWORD)).rejects.toThrow();
  now += 15_000;
  await expect(attempt(PASSWORD)).resolves.toMatchObject({ userId: user.id });
  expect(await db.user.findUnique({ where: { id: user.id } })).toMatchObject({ failedSignIns: 0, lockedUntil: null });
});

pgTest(
  "an address in another guise is neither let in during a pause, nor counted for somebody else",
  async ({ runtime, db }) => {
    const user = await makeUser(db);
    const other = await makeUser(db);
    const at = new Date();
    const attempt = (email: string, password = PASSWORD) => signIn(visitor(runtime, at), { email, password });
    for (let index = 0; index < 5; index += 1) await expect(attempt(user.email, "wrong")).rejects.toThrow();
    const [name = "", host = ""] = user.email.split("@");
    const guises = [
      user.email.toUpperCase(),
      ` ${user.email} `,
      `${user.email}\t`,
      `${user.email}\0`,
      `${user.email}\u200b`,
      `${name}\uff20${host}`,
      `${name}@\uff45xample.org`,
      `${name.replace("u", "\uff55")}@${host}`,
      `${name}@${host}.`,
      `"${name}"@${host}`,
      `${name}@EXAMPLE.org`.normalize("NFKD"),
      `${name}@${host}, ${other.email}`,
      `${name}%40${host}`,
    ];
    for (const guise of guises) await expect(attempt(guise), guise).rejects.toThrow(SIGN_IN_REFUSED);
    expect(await db.session.count({ where: { userId: user.id } })).toBe(0);
    expect(await db.user.findUnique({ where: { id: other.id } })).toMatchObject({ failedSignIns: 0 });
    await expect(attempt(other.email)).resolves.toMatchObject({ userId: other.id });
  },
);

pgTest("guesses that come at once are counted one by one", async ({ runtime, db }) => {
  const user = await makeUser(db);
  const at = new Date();
  const guesses = Array.from({ length: 12 }, () =>
    signIn(visitor(runtime, at), { email: user.email, password: "wrong" }).catch(() => undefined),
  );
  await Promise.all(guesses);
  const row = await db.user.findUniqueOrThrow({ where: { id: user.id } });
  expect(row.failedSignIns).toBe(5);
  expect(row.lockedUntil).not.toBeNull();
});

pgTest("a session ends with its time, its revocation or its account", async ({ runtime, db }) => {
  const user = await makeUser(db);
  const now = new Date();
  const open = async () => (await signIn(visitor(runtime, now), { email: user.email, password: PASSWORD })).sid;
  const [first, second] = [await open(), await open()];
  const at = (time: number) => ({ db, clock: { now: () => new Date(time) } });
  expect(await resolveSession(at(now.getTime()), first)).not.toBeNull();
  expect(await resolveSession(at(now.getTime() + 8 * 86_400_000), first)).toBeNull();
  expect(await resolveSession(at(now.getTime()), "ses_unknown")).toBeNull();
  await db.session.update({ where: { id: first }, data: { revokedAt: now } });
  expect(await resolveSession(at(now.getTime()), first)).toBeNull();
  await db.user.update({ where: { id: user.id }, data: { disabledAt: now } });
  expect(await resolveSession(at(now.getTime()), second)).toBeNull();
});

pgTest("with the first password still in use a session has no scope", async ({ runtime, db }) => {
  const user = await makeUser(db, { mustChangePassword: true, role: "admin" });
  const { sid, mustChangePassword } = await signIn(visitor(runtime), { email: user.email, password: PASSWORD });
  expect(mustChangePassword).toBe(true);
  expect((await resolveSession(visitor(runtime), sid))?.actor.scopes).toEqual([]);
});
