import { TOTP } from "otpauth";
import { expect } from "vitest";
import { confirmSecondFactor } from "#lib/auth/confirm-second-factor.ts";
import { disableSecondFactor } from "#lib/auth/disable-second-factor.ts";
import { getSecondFactor } from "#lib/auth/get-second-factor.ts";
import { offerSecondFactor } from "#lib/auth/offer-second-factor.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { reAuthenticate } from "#lib/auth/re-authenticate.ts";
import { resetSecondFactor } from "#lib/auth/reset-second-factor.ts";
import { resolveSession } from "#lib/auth/resolve-session.ts";
import { signIn } from "#lib/auth/sign-in.ts";
import { sealTotpSecret } from "#lib/auth/totp.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

const PASSWORD = "a password of some length";
const STEP_MS = 30_000;

/** A person with an open session, at a time of the test's own making. */
async function person(runtime: Runtime, more: { passwordHash?: string | null } = {}) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  const passwordHash = await hashPassword(PASSWORD);
  await runtime.db.user.create({ data: { id, email, name: "Someone", role: "user", passwordHash } });
  let now = Date.parse("2026-01-01T00:00:05Z");
  const clock = { now: () => new Date(now) };
  const visitor = { ...makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } }), clock };
  const enter = (code?: string) => signIn(visitor, { email, password: PASSWORD, code });
  const { sid } = await enter();
  await runtime.db.user.update({ where: { id }, data: more });
  /** The context of the session as it is now. */
  const ctx = async () => {
    const session = await resolveSession(visitor, sid);
    if (session === null) throw new Error("the session is over");
    return { ...makeCtx(runtime, { actor: session.actor }), clock };
  };
  const wait = (ms: number) => {
    now += ms;
  };
  return { id, email, sid, ctx, enter, wait, now: () => now };
}

/** A person with a second factor, and what their app shows. */
async function enrolled(runtime: Runtime, more: { passwordHash?: string | null } = {}) {
  const one = await person(runtime, more);
  const { secret } = await offerSecondFactor(await one.ctx());
  const code = (steps = 0) => new TOTP({ secret }).generate({ timestamp: one.now() + steps * STEP_MS });
  const { recoveryCodes } = await confirmSecondFactor(await one.ctx(), { code: code() });
  one.wait(STEP_MS);
  return { ...one, secret, code, recoveryCodes };
}

const wrong = { code: "wrong_code" };

pgTest("is offered, confirmed and then asked for at the sign-in", async ({ runtime, db }) => {
  const one = await person(runtime);
  const offer = await offerSecondFactor(await one.ctx());
  expect(offer.secret).toMatch(/^[A-Z2-7]{32}$/);
  const uri = new URL(offer.uri);
  expect([uri.protocol, uri.searchParams.get("secret"), uri.searchParams.get("issuer")]).toEqual([
    "otpauth:",
    offer.secret,
    "Assay",
  ]);
  expect(decodeURIComponent(uri.pathname)).toContain(one.email);
  expect(offer.qrSvg).toMatch(/^<svg /);
  // Not yet: nothing was confirmed.
  await expect(one.enter()).resolves.toMatchObject({ userId: one.id });
  const code = new TOTP({ secret: offer.secret }).generate({ timestamp: one.now() });
  const { recoveryCodes } = await confirmSecondFactor(await one.ctx(), { code });
  expect(new Set(recoveryCodes).size).toBe(10);
  expect((await one.ctx()).actor).toMatchObject({ secondFactorAt: new Date(one.now()) });
  expect(await getSecondFactor(await one.ctx())).toMatchObject({ recoveryCodesLeft: 10, hasPassword: true });

  const row = await db.user.findUniqueOrThrow({ where: { id: one.id } });
  expect(JSON.stringify([row.totpSecret, row.recoveryCodes])).not.toMatch(
    new RegExp([offer.secret, ...recoveryCodes].join("|")),
  );
  one.wait(STEP_MS);
  await expect(one.enter()).rejects.toMatchObject({ kind: "unauthenticated", code: "code_required" });
  await expect(one.enter("000000")).rejects.toMatchObject({ kind: "unauthenticated", ...wrong });
  const { sid } = await one.enter(new TOTP({ secret: offer.secret }).generate({ timestamp: one.now() }));
  expect(await db.session.findUnique({ where: { id: sid } })).toMatchObject({ secondFactorAt: new Date(one.now()) });
  const audited = await db.auditEvent.findMany({ where: { subject: `user:${one.id}` }, orderBy: { seq: "asc" } });
  expect(audited.map(({ action }) => action)).toEqual(["second_factor.offer", "second_factor.enrol"]);
  expect(await db.deniedAttempt.count({ where: { actor: `user:${one.id}`, reason: "wrong_code" } })).toBe(1);
});

pgTest("a code works once, also of two at the same time, and one step early or late", async ({ runtime }) => {
  const one = await enrolled(runtime);
  const twice = await Promise.allSettled([one.enter(one.code()), one.enter(one.code())]);
  expect(twice.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  // An older one than the last is not taken, the next one is.
  await expect(one.enter(one.code(-1))).rejects.toMatchObject(wrong);
  await expect(one.enter(one.code(1))).resolves.toMatchObject({ userId: one.id });
});

pgTest("a code from one step ago is taken, from two is not", async ({ runtime }) => {
  const one = await enrolled(runtime);
  one.wait(10 * STEP_MS);
  await expect(one.enter(one.code(-2))).rejects.toMatchObject(wrong);
  await expect(one.enter(one.code(-1))).resolves.toMatchObject({ userId: one.id });
});

pgTest("guessing ends after five codes, though the password is right each time", async ({ runtime }) => {
  const one = await enrolled(runtime);
  const outcomes: string[] = [];
  for (let index = 0; index < 8; index += 1) {
    // Proving the password in between does not make the failures be forgotten.
    await reAuthenticate(await one.ctx(), { password: PASSWORD }).catch(() => undefined);
    outcomes.push(
      await one.enter("000000").then(
        () => "in",
        (error) => error.code,
      ),
    );
  }
  expect(outcomes.filter((outcome) => outcome === "wrong_code").length).toBeLessThanOrEqual(4);
  expect(outcomes.at(-1)).toMatch(/rate_limited|sign_in_refused/);
  await expect(one.enter(one.code())).rejects.toThrow();
});

pgTest("a recovery code stands in once, however it is typed", async ({ runtime, db }) => {
  const one = await enrolled(runtime);
  const [first = "", second = ""] = one.recoveryCodes;
  await expect(one.enter(` ${first.toLowerCase().replace("-", " ")}`)).resolves.toMatchObject({ userId: one.id });
  await expect(one.enter(first)).rejects.toMatchObject(wrong);
  const both = await Promise.allSettled([one.enter(second), one.enter(second)]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  expect((await getSecondFactor(await one.ctx())).recoveryCodesLeft).toBe(8);
  const used = { subject: `user:${one.id}`, action: "second_factor.use_recovery_code" };
  expect(await db.auditEvent.count({ where: used })).toBe(2);
});

pgTest("the step-up marks this session, and no other", async ({ runtime, db }) => {
  const one = await enrolled(runtime);
  const { sid: other } = await one.enter(one.code());
  one.wait(20 * 60_000);
  await expect(reAuthenticate(await one.ctx(), { password: "wrong" })).rejects.toMatchObject({
    code: "wrong_password",
  });
  await expect(reAuthenticate(await one.ctx(), { code: "000000" })).rejects.toMatchObject(wrong);
  await expect(reAuthenticate(await one.ctx(), {})).rejects.toThrow("neither a password nor a code");
  const now = new Date(one.now());
  const proof = await reAuthenticate(await one.ctx(), { password: PASSWORD, code: one.code() });
  expect(proof).toEqual({ authenticatedAt: now.toISOString(), secondFactorAt: now.toISOString() });
  expect((await one.ctx()).actor).toMatchObject({ authenticatedAt: now, secondFactorAt: now });
  expect((await db.session.findUniqueOrThrow({ where: { id: other } })).secondFactorAt).not.toEqual(now);
  const audited = { subject: `user:${one.id}`, action: "session.re_authenticate" };
  expect(await db.auditEvent.findMany({ where: audited })).toMatchObject([{ detail: { password: true, code: true } }]);
});

pgTest("without a password a code proves both", async ({ runtime }) => {
  const one = await enrolled(runtime, { passwordHash: null });
  one.wait(20 * 60_000);
  await expect(reAuthenticate(await one.ctx(), { password: PASSWORD })).rejects.toMatchObject({
    code: "wrong_password",
  });
  await reAuthenticate(await one.ctx(), { code: one.code() });
  const now = new Date(one.now());
  expect((await one.ctx()).actor).toMatchObject({ authenticatedAt: now, secondFactorAt: now });
  one.wait(STEP_MS);
  await disableSecondFactor(await one.ctx(), { code: one.code() });
});

pgTest("setting up needs a fresh proof, and one at a time", async ({ runtime }) => {
  const one = await person(runtime);
  one.wait(16 * 60_000);
  await expect(offerSecondFactor(await one.ctx())).rejects.toMatchObject({ code: "reauthentication_required" });
  await reAuthenticate(await one.ctx(), { password: PASSWORD });
  const first = await offerSecondFactor(await one.ctx());
  await offerSecondFactor(await one.ctx());
  const replaced = new TOTP({ secret: first.secret }).generate({ timestamp: one.now() });
  await expect(confirmSecondFactor(await one.ctx(), { code: replaced })).rejects.toMatchObject(wrong);
  await expect(reAuthenticate(await one.ctx(), { code: replaced })).rejects.toMatchObject({
    code: "second_factor_absent",
  });
  const done = await enrolled(runtime);
  await expect(offerSecondFactor(await done.ctx())).rejects.toMatchObject({ code: "second_factor_enrolled" });
  await expect(confirmSecondFactor(await done.ctx(), { code: done.code() })).rejects.toMatchObject({
    code: "second_factor_not_offered",
  });
});

pgTest("is disabled with code and password, or reset by an admin of the instance", async ({ runtime, db, make }) => {
  const one = await enrolled(runtime);
  await expect(disableSecondFactor(await one.ctx(), { code: one.code() })).rejects.toMatchObject({
    code: "wrong_password",
  });
  await expect(disableSecondFactor(await one.ctx(), { code: "000000", password: PASSWORD })).rejects.toMatchObject(
    wrong,
  );
  await disableSecondFactor(await one.ctx(), { code: one.code(), password: PASSWORD });
  expect(await db.user.findUnique({ where: { id: one.id } })).toMatchObject({ totpSecret: null, recoveryCodes: [] });
  expect((await one.ctx()).actor.type === "user" && (await getSecondFactor(await one.ctx())).secondFactorAt).toBeNull();
  await expect(one.enter()).resolves.toMatchObject({ userId: one.id });

  const lost = await enrolled(runtime);
  const projectAdmin = await make.ctx({ scopes: ["admin"] });
  await expect(resetSecondFactor(projectAdmin, { userId: lost.id })).rejects.toThrow("scope instance");
  const admin = await make.ctx();
  await resetSecondFactor(admin, { userId: lost.id });
  await expect(resetSecondFactor(admin, { userId: lost.id })).rejects.toThrow("not found");
  expect(await resolveSession(runtime, lost.sid)).toBeNull();
  await expect(lost.enter()).resolves.toMatchObject({ userId: lost.id });
  for (const where of [
    { subject: `user:${one.id}`, action: "second_factor.disable" },
    { subject: `user:${lost.id}`, action: "second_factor.reset" },
  ]) {
    expect(await db.auditEvent.count({ where })).toBe(1);
  }
});

pgTest("a secret that was copied to another account's row is of no use", async ({ runtime, db }) => {
  const one = await enrolled(runtime);
  await db.user.update({ where: { id: one.id }, data: { totpSecret: sealTotpSecret(one.secret, "usr_other") } });
  await expect(one.enter(one.code())).rejects.toThrow();
});

pgTest("an API key has no second factor", async ({ make }) => {
  const ctx = await make.apiKeyCtx({ scopes: ["admin", "tracking:read"] });
  const code = "123456";
  for (const act of [
    () => getSecondFactor(ctx),
    () => offerSecondFactor(ctx),
    () => confirmSecondFactor(ctx, { code }),
    () => disableSecondFactor(ctx, { code }),
    () => reAuthenticate(ctx, { code }),
  ]) {
    await expect(act()).rejects.toThrow("Only a signed-in person");
  }
  await expect(resetSecondFactor(ctx, { userId: "usr_x" })).rejects.toThrow("scope instance");
});
