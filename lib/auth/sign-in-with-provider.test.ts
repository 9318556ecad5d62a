import { expect } from "vitest";
import { joinByInvitation } from "#lib/auth/accept-invitation.ts";
import { invite } from "#lib/auth/invite.ts";
import { personOfClaims } from "#lib/auth/oidc-claims.ts";
import { type OidcConfig, parseGroupRoles } from "#lib/auth/oidc-config.ts";
import { refusalText } from "#lib/auth/oidc-refusals.ts";
import { signInWithProvider } from "#lib/auth/sign-in-with-provider.ts";
import { storeActor } from "#lib/auth/testing/store-actor.ts";
import type { Actor } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// What a provider's claims may bring about; the exchange itself is in server/oidc.test.ts.

const CONFIG: OidcConfig = {
  ...{ issuer: "https://idp.example.org", clientId: "assay", clientSecret: "secret", name: "IdP", scopes: "openid" },
  ...{ groupsClaim: "groups", allowSignUp: true },
  roles: parseGroupRoles("admins=instance:admin,ml=default:member,reviewers=default:reviewer"),
};

const visitor = (runtime: Runtime) => makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
const signIn = (runtime: Runtime, claims: Record<string, unknown>) =>
  signInWithProvider(visitor(runtime), {
    person: personOfClaims({ iss: CONFIG.issuer, ...claims }, CONFIG.groupsClaim),
    config: CONFIG,
  });

async function makeAccount(runtime: Runtime, more: { role?: string; kind?: string } = {}) {
  const id = newId("usr");
  const email = `${id.toLowerCase()}@example.org`;
  return runtime.db.user.create({ data: { id, email, name: "Someone", role: "user", ...more } });
}

pgTest("of two admins whose groups are gone one stays, however they sign in", async ({ runtime, db }) => {
  for (let round = 0; round < 5; round += 1) {
    await db.user.updateMany({ where: { role: "admin" }, data: { role: "user" } });
    const admins = await Promise.all([0, 1].map(() => makeAccount(runtime, { role: "admin" })));
    await Promise.allSettled(
      admins.map(({ id, email }) => signIn(runtime, { sub: id, email, email_verified: true, groups: ["ml"] })),
    );
    expect(await db.user.count({ where: { role: "admin", disabledAt: null } })).toBe(1);
  }
});

pgTest(
  "an address is taken for nobody's account unless the provider vouches for just that one",
  async ({ runtime, db }) => {
    const victim = await makeAccount(runtime, { role: "admin" });
    const robot = await makeAccount(runtime, { kind: "service" });
    const email = victim.email;
    const TRIES: [string, Record<string, unknown>, string][] = [
      ["does not say", { email }, "email_unverified"],
      ["says no", { email, email_verified: false }, "email_unverified"],
      ["says no as a text", { email, email_verified: "false" }, "email_unverified"],
      ["says yes in its own way", { email, email_verified: "yes" }, "email_unverified"],
      ["says 1", { email, email_verified: 1 }, "email_unverified"],
      ["of a list", { email: [email], email_verified: true }, "no_email"],
      ["with spaces", { email: ` ${email}`, email_verified: true }, "no_email"],
      ["with NUL", { email: `${email}\0`, email_verified: true }, "no_email"],
      ["only as the user name", { preferred_username: email, email_verified: true }, "no_email"],
      ["of a service account", { email: robot.email, email_verified: true }, "not_a_person"],
    ];
    for (const [what, claims, code] of TRIES) {
      const attempt = signIn(runtime, { sub: newId("sub"), groups: ["admins"], ...claims });
      await expect(attempt, what).rejects.toMatchObject({ code });
    }
    expect(await db.session.count({ where: { userId: { in: [victim.id, robot.id] } } })).toBe(0);
    expect(await db.identity.count({ where: { userId: { in: [victim.id, robot.id] } } })).toBe(0);
    // Another subject with a known one's address, once that is linked: still only by a vouched address.
    await signIn(runtime, { sub: "linked", email, email_verified: true, groups: ["admins"] });
    await expect(signIn(runtime, { sub: "other", email, groups: ["admins"] })).rejects.toMatchObject({
      code: "email_unverified",
    });
    // The same subject at another issuer is somebody else.
    await expect(signIn(runtime, { iss: "https://evil.example.org", sub: "linked" })).rejects.toMatchObject({
      code: "no_email",
    });
  },
);

pgTest("groups that are no list of texts give nothing", async ({ runtime }) => {
  for (const groups of [
    undefined,
    null,
    1,
    { admins: true },
    [["admins"]],
    [{ name: "admins" }],
    "admins,ml",
    [" admins"],
  ]) {
    const email = `${newId("p").toLowerCase()}@example.org`;
    const attempt = signIn(runtime, { sub: newId("sub"), email, email_verified: true, groups });
    await expect(attempt, JSON.stringify(groups)).rejects.toMatchObject({ code: "no_access" });
  }
  for (const claims of [{}, { sub: "" }, { sub: "s".repeat(256) }, { sub: 7 }, { iss: "", sub: "x" }]) {
    expect(() => personOfClaims({ iss: CONFIG.issuer, ...claims }, "groups")).toThrow();
  }
});

pgTest("an invitation leaves what a group gives to the group, unless it gives more", async ({ runtime, db, make }) => {
  const admin = await make.ctx({ projectId: "default" });
  await storeActor(admin);
  for (const [role, left] of [
    ["viewer", null],
    ["reviewer", null],
    ["admin", { role: "admin", source: "manual" }],
  ] as const) {
    const email = `${newId("p").toLowerCase()}@example.org`;
    const claims = { sub: newId("sub"), email, email_verified: true };
    const { token } = await invite(admin, { email, role });
    await signIn(runtime, { ...claims, groups: ["reviewers"] });
    const user = await db.user.findUniqueOrThrow({ where: { email } });
    const actor: Actor = { type: "user", id: user.id, email, name: user.name, scopes: [] };
    await joinByInvitation(makeCtx(runtime, { actor }), { token });
    await signIn(runtime, { ...claims, groups: [] }).catch(() => undefined);
    const membership = await db.membership.findFirst({
      where: { userId: user.id, projectId: "default" },
      select: { role: true, source: true },
    });
    expect(membership, role).toEqual(left);
  }
});

pgTest("the sign-in page tells its own reasons only", () => {
  for (const code of ["constructor", "__proto__", "toString", "hasOwnProperty", "<script>", ""]) {
    expect(refusalText(code)).toBe(refusalText("oidc_failed"));
  }
});
