import { nameActors } from "#lib/auth/name-actors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The name of each of these actors; one that nobody knows any more is its own name. */
export async function labelActors(ctx: Ctx, actors: Iterable<string>): Promise<(actor: string) => string> {
  const names = await nameActors(ctx, actors);
  return (actor) => names[actor] ?? actor;
}
