import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** The names of users and keys among `actors`, in one read; of a key also its owner's. */
export function listActorNames(ctx: Ctx, actors: string[]): Promise<{ actor: string; name: string }[]> {
  return querySql(
    ctx,
    `SELECT 'user:' || id AS actor, name FROM user_account WHERE 'user:' || id = ANY ($1::text[])
     UNION ALL
     SELECT 'apiKey:' || k.id, 'the key "' || k.name || '"' || coalesce(' of ' || u.name, '')
     FROM api_key k LEFT JOIN user_account u ON u.id = k.user_id WHERE 'apiKey:' || k.id = ANY ($1::text[])`,
    [actors],
  );
}
