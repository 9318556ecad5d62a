import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/**
 * Names for people to actors: a user's name, `the key "ci" of Ana`, `the system (quickstart)`. An actor that nobody knows any
 * more is its own name.
 */
export async function labelActors(ctx: Ctx, actors: Iterable<string>): Promise<(actor: string) => string> {
  const asked = [...new Set(actors)];
  const known = asked.filter((actor) => /^(user|apiKey):/.test(actor));
  const rows =
    known.length === 0
      ? []
      : await querySql<{ actor: string; label: string }>(
          ctx,
          `SELECT 'user:' || id AS actor, name AS label FROM user_account WHERE 'user:' || id = ANY ($1::text[])
           UNION ALL
           SELECT 'apiKey:' || k.id, 'the key "' || k.name || '"' || coalesce(' of ' || u.name, '')
           FROM api_key k LEFT JOIN user_account u ON u.id = k.user_id WHERE 'apiKey:' || k.id = ANY ($1::text[])`,
          [known],
        );
  const labels = new Map(rows.map(({ actor, label }) => [actor, label]));
  return (actor) => labels.get(actor) ?? actor.replace(/^(system|worker):(.+)$/, "the $1 ($2)");
}
