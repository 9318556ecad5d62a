import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { DeniedAttemptRow, DeniedQuery } from "#lib/record/schemas.ts";

/** A refused attempt as its digest covers it. */
export type DeniedRow = Omit<DeniedAttemptRow, "actorLabel">;

const COLUMNS = `id::float8 AS id, at, actor, ip, action, reason, request_id AS "requestId"`;

function toDenied(row: Omit<DeniedRow, "at"> & { at: Date }): DeniedRow {
  return { ...row, at: row.at.toISOString() };
}

/** The last id that a digest on the instance's chain covers; 0: none yet. */
export async function selectDigestedId(ctx: Ctx): Promise<number> {
  const [row] = await querySql<{ id: number }>(
    ctx,
    `SELECT (detail ->> 'toId')::float8 AS id FROM audit_event
     WHERE chain = 'instance' AND action = 'denied.digest' ORDER BY seq DESC LIMIT 1`,
  );
  return row?.id ?? 0;
}

/** Rows after `id` that are settled: none of a lower id can appear any more. By id, at most `limit`. */
export async function selectSettledDenied(ctx: Ctx, after: number, before: Date, limit: number): Promise<DeniedRow[]> {
  const rows = await querySql<Omit<DeniedRow, "at"> & { at: Date }>(
    ctx,
    `SELECT ${COLUMNS} FROM denied_attempt WHERE id > $1::bigint
       AND id <= (SELECT max(id) FROM denied_attempt WHERE id > $1::bigint AND at <= $2::timestamptz)
     ORDER BY denied_attempt.id LIMIT $3::int`,
    [String(after), before, limit],
  );
  return rows.map(toDenied);
}

/** Newest first. */
export async function selectDenied(
  ctx: Ctx,
  filter: Omit<DeniedQuery, "limit" | "cursor">,
  page: { before: number | null; limit: number },
): Promise<DeniedRow[]> {
  const rows = await querySql<Omit<DeniedRow, "at"> & { at: Date }>(
    ctx,
    `SELECT ${COLUMNS} FROM denied_attempt
     WHERE ($1::bigint IS NULL OR id < $1::bigint) AND ($2::text IS NULL OR starts_with(actor, $2::text))
       AND ($3::text IS NULL OR ip = $3::text) AND ($4::timestamptz IS NULL OR at >= $4::timestamptz)
       AND ($5::timestamptz IS NULL OR at < $5::timestamptz)
       AND ($6::text IS NULL OR strpos(lower(action || ' ' || reason), lower($6::text)) > 0)
     ORDER BY denied_attempt.id DESC LIMIT $7::int`,
    [
      page.before === null ? null : String(page.before),
      filter.actor ?? null,
      filter.ip ?? null,
      filter.from === undefined ? null : new Date(filter.from),
      filter.to === undefined ? null : new Date(filter.to),
      filter.q ?? null,
      page.limit,
    ],
  );
  return rows.map(toDenied);
}
