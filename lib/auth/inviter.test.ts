import { expect } from "vitest";
import { acceptInvitation } from "#lib/auth/accept-invitation.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { invite } from "#lib/auth/invite.ts";
import { lookUpInvitation } from "#lib/auth/look-up-invitation.ts";
import { removeMember } from "#lib/auth/remove-member.ts";
import { revokeApiKey } from "#lib/auth/revoke-api-key.ts";
import { setMember } from "#lib/auth/set-member.ts";
import { updateUser } from "#lib/auth/update-user.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";

// Who may invite no more must not come back, or let others in, by a link that was made before.

const address = () => `${newId("p").toLowerCase()}@example.org`;

async function makeAdmin(runtime: Runtime, ctx: Ctx) {
  const id = newId("usr");
  const memberships = { create: { projectId: ctx.projectId, role: "admin" } };
  await runtime.db.user.create({ data: { id, email: address(), name: "Leaver", role: "user", memberships } });
  const known = { email: address(), name: "Leaver", scopes: ["admin"], authenticatedAt: new Date() };
  const actor: Actor = { type: "user", id, ...known };
  return { id, ctx: { ...ctx, actor } };
}

const ENDS: [string, (ctx: Ctx, id: string) => Promise<void>][] = [
  ["demoted", (ctx, userId) => setMember(ctx, { userId, role: "member" })],
  ["removed", (ctx, userId) => removeMember(ctx, { userId })],
  ["disabled", (ctx, id) => updateUser(ctx, { id, disabled: true })],
];

pgTest.for(ENDS)(
  "a link of somebody %s lets nobody in, made by session or by key",
  async ([, end], { ctx, runtime }) => {
    const leaver = await makeAdmin(runtime, ctx);
    const key = await createApiKey(leaver.ctx, { name: "inviter", scopes: ["admin"] });
    const byKey: Actor = { type: "apiKey", id: key.id, name: key.name, scopes: ["admin"], userId: leaver.id };
    const links = [
      await invite(leaver.ctx, { email: address(), role: "admin" }),
      await invite({ ...ctx, actor: byKey }, { email: address(), role: "admin" }),
    ];
    const guest = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
    for (const { token } of links) expect(await lookUpInvitation(guest, { token })).toMatchObject({ role: "admin" });
    await end(ctx, leaver.id);
    for (const { token } of links) {
      await expect(lookUpInvitation(guest, { token })).rejects.toMatchObject({ code: "no_such_invitation" });
      const accept = acceptInvitation(guest, { token, name: "Back again", password: "a password of some length" });
      await expect(accept).rejects.toMatchObject({ code: "no_such_invitation" });
    }
  },
);

pgTest("a link that a key made ends with the key", async ({ ctx, runtime }) => {
  const admin = await makeAdmin(runtime, ctx);
  const key = await createApiKey(admin.ctx, { name: "inviter", scopes: ["admin"] });
  const byKey: Actor = { type: "apiKey", id: key.id, name: key.name, scopes: ["admin"], userId: admin.id };
  const { token } = await invite({ ...ctx, actor: byKey }, { email: address(), role: "viewer" });
  const guest = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
  await lookUpInvitation(guest, { token });
  await revokeApiKey(ctx, { id: key.id });
  await expect(lookUpInvitation(guest, { token })).rejects.toMatchObject({ code: "no_such_invitation" });
});

pgTest("a link whose maker never was lets nobody in", async ({ ctx, runtime }) => {
  const guest = makeCtx(runtime, { actor: { type: "anonymous", scopes: [] } });
  const makers: Actor[] = [
    { type: "user", id: newId("usr"), email: address(), name: "Nobody", scopes: ["admin"] },
    { type: "apiKey", id: newId("key"), name: "none", scopes: ["admin"] },
    { type: "worker", id: "w", scopes: ["admin"] },
  ];
  for (const actor of makers) {
    const { token } = await invite({ ...ctx, actor }, { email: address(), role: "admin" });
    await expect(lookUpInvitation(guest, { token })).rejects.toMatchObject({ code: "no_such_invitation" });
  }
  // The bootstrap key is nobody's, and the machine's own terminal may always.
  const system: Ctx = { ...ctx, actor: { type: "system", id: "cli", scopes: ["admin"] } };
  const key = await createApiKey(system, { name: "ownerless", scopes: ["admin"] });
  const ownerless: Actor = { type: "apiKey", id: key.id, name: key.name, scopes: ["admin"] };
  for (const by of [system, { ...ctx, actor: ownerless }]) {
    const { token } = await invite(by, { email: address(), role: "viewer" });
    expect(await lookUpInvitation(guest, { token })).toMatchObject({ role: "viewer" });
  }
});
