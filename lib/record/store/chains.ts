import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";

/** A chain's head with its newest checkpoint. */
export interface HeadRow {
  chain: string;
  seq: number;
  hash: string;
  anchoredSeq: number;
  anchoredAt: Date | null;
  /** `<key id>:<signature>` of that checkpoint. */
  signature: string | null;
}

const HEADS = `SELECT h.chain, h.seq::float8 AS seq, h.hash, coalesce(c.seq, 0)::float8 AS "anchoredSeq",
    c.at AS "anchoredAt", c.signature
  FROM audit_head h LEFT JOIN LATERAL (
    SELECT seq, at, signature FROM audit_checkpoint WHERE chain = h.chain ORDER BY seq DESC LIMIT 1) c ON true`;

/** All chains, or those named, by name. */
export async function selectHeads(ctx: Ctx, chains: readonly string[] | null): Promise<HeadRow[]> {
  return querySql<HeadRow>(ctx, `${HEADS} WHERE $1::text[] IS NULL OR h.chain = ANY ($1::text[]) ORDER BY h.chain`, [
    chains,
  ]);
}

export async function insertCheckpoint(
  tx: Tx,
  row: { chain: string; seq: number; hash: string; at: string; signature: string },
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO audit_checkpoint (chain, seq, hash, at, signature) VALUES ($1, $2::bigint, $3, $4::timestamptz, $5)
     ON CONFLICT DO NOTHING`,
    [row.chain, String(row.seq), row.hash, row.at, row.signature],
  );
}

/** What may be held by one process of all at a time, until its transaction ends. */
const LOCKS = { checkpoint: 4_701, denied: 4_702, reconcile: 4_703 } as const;

/** False: another process does it at this moment. */
export async function tryLock(tx: Tx, what: keyof typeof LOCKS): Promise<boolean> {
  const [row] = await querySql<{ got: boolean }>(tx, "SELECT pg_try_advisory_xact_lock($1::int, 0) AS got", [
    LOCKS[what],
  ]);
  return row?.got ?? false;
}

/** Events after the newest checkpoint of their chain, and the time of the first of them. */
export async function selectUnanchored(ctx: Ctx): Promise<{ unanchored: number; oldestAt: Date | null }> {
  const [row] = await querySql<{ unanchored: number; oldestAt: Date | null }>(
    ctx,
    `SELECT coalesce(sum(h.seq - h."anchoredSeq"), 0)::float8 AS unanchored, min(e.at) AS "oldestAt"
     FROM (${HEADS}) h LEFT JOIN audit_event e ON e.chain = h.chain AND e.seq = h."anchoredSeq"::bigint + 1`,
  );
  return row ?? { unanchored: 0, oldestAt: null };
}

export async function selectOlder(ctx: Ctx, before: Date): Promise<number> {
  const [row] = await querySql<{ n: number }>(ctx, "SELECT count(*)::float8 AS n FROM audit_event WHERE at < $1", [
    before,
  ]);
  return row?.n ?? 0;
}
