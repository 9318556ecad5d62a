import type { Standing } from "#lib/approvals/eligibility.ts";
import type { Person } from "#lib/approvals/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

// An admin of the instance is admin of every project; a disabled account is nobody.
const STANDING = `SELECT u.id, u.name, u.kind,
    CASE WHEN u.disabled_at IS NOT NULL THEN NULL WHEN u.role = 'admin' THEN 'admin' ELSE m.role END AS role,
    CASE WHEN u.disabled_at IS NULL THEN coalesce(m.grants, '{}') ELSE '{}' END AS grants
  FROM user_account u LEFT JOIN membership m ON m.user_id = u.id AND m.project_id = $1`;

/** How these people stand in the project now; who is unknown is missing. */
export async function selectStandings(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Standing>> {
  const sql = `${STANDING} WHERE u.id = ANY($2::text[])`;
  const rows = ids.length === 0 ? [] : await querySql<Standing>(ctx, sql, [ctx.projectId, [...new Set(ids)]]);
  return new Map(rows.map((row) => [row.id, row]));
}

/** Everybody who may review in the project, by name. */
export async function selectReviewers(ctx: Ctx): Promise<Standing[]> {
  const sql = `${STANDING} WHERE u.disabled_at IS NULL AND (u.role = 'admin' OR m.role IN ('reviewer', 'admin'))
    ORDER BY u.name, u.id`;
  return querySql<Standing>(ctx, sql, [ctx.projectId]);
}

/** Names for ids of users; an actor that is nobody's keeps its own name. */
export async function selectPersons(ctx: Ctx, ids: readonly string[]): Promise<(id: string) => Person> {
  const wanted = [...new Set(ids)];
  const rows =
    wanted.length === 0
      ? []
      : await querySql<Person>(ctx, "SELECT id, name FROM user_account WHERE id = ANY($1::text[])", [wanted]);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return (id) => byId.get(id) ?? { id, name: id };
}

/** The users behind actors' names (`user:usr_…`, `apiKey:key_…`); what is nobody's falls away. */
export async function selectOwners(ctx: Ctx, actors: readonly string[]): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `SELECT u.id FROM user_account u
       WHERE 'user:' || u.id = ANY($1::text[])
          OR u.id IN (SELECT k.user_id FROM api_key k WHERE 'apiKey:' || k.id = ANY($1::text[]))
     ORDER BY u.id`,
    [[...new Set(actors)]],
  );
  return rows.map(({ id }) => id);
}

/**
 * The users whose hands may have been in what these actors did: the users behind them and, of a key that no person owns
 * (a service account's, the bootstrap key's), whoever made the key and so has seen its secret.
 */
export async function selectHands(ctx: Ctx, actors: readonly string[]): Promise<string[]> {
  const rows = await querySql<{ actor: string }>(
    ctx,
    `WITH RECURSIVE hand(actor) AS (
       SELECT unnest($1::text[])
       UNION
       SELECT k.created_by FROM hand h JOIN api_key k ON 'apiKey:' || k.id = h.actor
         LEFT JOIN user_account owner ON owner.id = k.user_id
       WHERE k.created_by IS NOT NULL AND owner.kind IS DISTINCT FROM 'person')
     SELECT actor FROM hand`,
    [[...new Set(actors)]],
  );
  return selectOwners(
    ctx,
    rows.map(({ actor }) => actor),
  );
}

/** Who made a version, as actors' names: who ran it, who logged it, whose strategy it was, who registered it. */
export async function selectMakers(ctx: Ctx, versionId: string): Promise<string[]> {
  const rows = await querySql<{ actor: string | null }>(
    ctx,
    `WITH v AS (SELECT created_by, run_id, logged_model_id FROM model_version WHERE id = $1 AND project_id = $2)
     SELECT created_by AS actor FROM v
     UNION SELECT r.created_by FROM v JOIN run r ON r.id = v.run_id
     UNION SELECT l.created_by FROM v JOIN logged_model l ON l.id = v.logged_model_id
     UNION SELECT s.created_by FROM v JOIN training_job j ON j.run_id = v.run_id
       JOIN strategy_run s ON s.id = j.strategy_run_id`,
    [versionId, ctx.projectId],
  );
  return rows.flatMap(({ actor }) => (actor === null ? [] : [actor]));
}

/** The database's clock, not before what the transaction has locked. */
export async function readClock(ctx: Ctx): Promise<Date> {
  const [row] = await querySql<{ now: Date }>(ctx, "SELECT clock_timestamp() AS now");
  if (row === undefined) throw new Error("the database tells no time");
  return row.now;
}
