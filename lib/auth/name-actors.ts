import { listActorNames } from "#lib/auth/store/actors.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** Names by actor (`user:usr_…`): "Ana", `the key "ci" of Ana`, `the system (quickstart)`. Who is not known is left out. */
export type ActorNames = Readonly<Record<string, string>>;

/** For what a page or a record already shows: whoever may read that `user:usr_…` did it may read who that is. */
export async function nameActors(ctx: Ctx, actors: Iterable<string>): Promise<ActorNames> {
  const asked = [...new Set(actors)];
  const known = asked.filter((actor) => /^(user|apiKey):/.test(actor));
  const rows = known.length === 0 ? [] : await listActorNames(ctx, known);
  const hosts = asked.flatMap((actor) => {
    const [, type, id] = /^(system|worker):(.+)$/.exec(actor) ?? [];
    return type === undefined ? [] : [[actor, `the ${type} (${id})`] as const];
  });
  return Object.fromEntries([...hosts, ...rows.map(({ actor, name }) => [actor, name] as const)]);
}
