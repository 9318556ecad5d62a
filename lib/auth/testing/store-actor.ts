import type { Ctx } from "#lib/platform/ctx.ts";

/** Makes the person that a test's context acts as be there, as an admin of its project: an invitation holds as long as that. */
export async function storeActor(ctx: Ctx): Promise<void> {
  const { actor, projectId } = ctx;
  if (actor.type !== "user") throw new Error("not a person");
  const email = `${actor.id.toLowerCase()}@example.org`;
  const memberships = { create: { projectId, role: "admin" } };
  await ctx.db.user.create({ data: { id: actor.id, email, name: actor.name, role: "user", memberships } });
}
