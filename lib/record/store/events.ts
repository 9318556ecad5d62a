import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { AuditQuery } from "#lib/record/schemas.ts";

export interface EventRow {
  chain: string;
  seq: number;
  at: Date;
  actor: string;
  onBehalfOf: string | null;
  action: string;
  subject: string;
  detail: Record<string, unknown>;
  requestId: string | null;
  ip: string | null;
  prev: string;
  hash: string;
  personalId: string | null;
  personalBody: Record<string, unknown> | null;
  personalErasedAt: Date | null;
  anchored: boolean;
}

export type EventFilter = Omit<AuditQuery, "limit" | "cursor" | "chain">;

/**
 * A page of a chain's events, from `after` on in the given direction. Rows are found by the chain's key, so that page 1,000
 * costs what page 1 does; `q` looks at each row on its way.
 */
export async function selectEvents(
  ctx: Ctx,
  chain: string,
  filter: EventFilter,
  page: { after: number | null; limit: number; newestFirst: boolean },
): Promise<EventRow[]> {
  const order = page.newestFirst ? "DESC" : "ASC";
  return querySql<EventRow>(
    ctx,
    `SELECT e.chain, e.seq::float8 AS seq, e.at, e.actor, e.on_behalf_of AS "onBehalfOf", e.action, e.subject, e.detail,
       e.request_id AS "requestId", e.ip, e.prev, e.hash, p.id AS "personalId", p.body AS "personalBody",
       p.erased_at AS "personalErasedAt",
       e.seq <= coalesce((SELECT max(seq) FROM audit_checkpoint c WHERE c.chain = $1), 0) AS anchored
     FROM audit_event e LEFT JOIN audit_personal p ON p.id = e.detail #>> '{personal,id}'
     WHERE e.chain = $1 AND ($2::bigint IS NULL OR e.seq ${page.newestFirst ? "<" : ">"} $2::bigint)
       AND ($3::text IS NULL OR starts_with(e.actor, $3::text))
       AND ($4::text IS NULL OR starts_with(e.action, $4::text))
       AND ($5::text IS NULL OR starts_with(e.subject, $5::text))
       AND ($6::timestamptz IS NULL OR e.at >= $6::timestamptz) AND ($7::timestamptz IS NULL OR e.at < $7::timestamptz)
       AND ($8::text IS NULL OR e.request_id = $8::text)
       AND ($9::text IS NULL OR strpos(
         lower(e.action || ' ' || e.subject || ' ' || e.actor || ' ' || e.detail::text), lower($9::text)) > 0)
     ORDER BY e.seq ${order} LIMIT $10::int`,
    [
      chain,
      page.after === null ? null : String(page.after),
      filter.actor || null,
      filter.action || null,
      filter.subject || null,
      filter.from === undefined ? null : new Date(filter.from),
      filter.to === undefined ? null : new Date(filter.to),
      filter.requestId || null,
      filter.q || null,
      page.limit,
    ],
  );
}

/** Erases body and salt; `before`: they were erased already. */
export async function clearPersonal(tx: Tx, id: string): Promise<"now" | "before" | "missing"> {
  const rows = await querySql<{ id: string }>(
    tx,
    `UPDATE audit_personal SET body = NULL, salt = NULL, erased_at = $2 WHERE id = $1 AND erased_at IS NULL RETURNING id`,
    [id, tx.clock.now()],
  );
  if (rows.length === 1) {
    return "now";
  }
  const [found] = await querySql<{ id: string }>(tx, "SELECT id FROM audit_personal WHERE id = $1", [id]);
  return found === undefined ? "missing" : "before";
}
