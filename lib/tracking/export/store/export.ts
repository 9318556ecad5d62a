import type { Ctx } from "#lib/platform/ctx.ts";
import type { Bind } from "#lib/platform/filter/compile.ts";
import { querySql } from "#lib/platform/sql.ts";
import { type RunFilter, runConditions } from "#lib/tracking/store/list-runs.ts";

/** The names, in their order, of all params, tags and metrics of the runs that the filter lets through. */
export async function selectKeys(
  ctx: Ctx,
  filter: RunFilter,
): Promise<{ params: string[]; tags: string[]; metrics: string[] }> {
  const names = async (source: string): Promise<string[]> => {
    const params: unknown[] = [];
    const bind: Bind = (value) => `$${params.push(value)}`;
    const where = runConditions(ctx, filter, bind).join(" AND ");
    const rows = await querySql<{ name: string }>(
      ctx,
      `SELECT name FROM (${source.replace("{where}", where)}) AS found ORDER BY name COLLATE "C"`,
      params,
    );
    return rows.map(({ name }) => name);
  };
  const ofRuns = (table: "run_param" | "run_tag") =>
    names(`SELECT DISTINCT v.key AS name FROM run r JOIN ${table} v ON v.run_id = r.id WHERE {where}`);
  const [params, tags, metrics] = await Promise.all([
    ofRuns("run_param"),
    ofRuns("run_tag"),
    names(
      `SELECT k.name FROM metric_key k WHERE k.id IN (
         SELECT l.key_id FROM run r JOIN latest_metric l ON l.run_no = r.no WHERE {where})`,
    ),
  ]);
  return { params, tags, metrics };
}

/** A stored point with its key's number, which orders the series of a run. */
export interface StoredPoint {
  keyId: number;
  key: string;
  /** int64 as digits */
  step: string;
  at: string;
  /** A float as Postgres writes it: `NaN`, `Infinity`. */
  value: string;
}

/** The points of a run after `after`, at most `limit`: by key, step, time and value. */
export async function selectPointsAfter(
  ctx: Ctx,
  runNo: string,
  after: StoredPoint | null,
  limit: number,
): Promise<StoredPoint[]> {
  return querySql<StoredPoint>(
    ctx,
    `SELECT p.key_id AS "keyId", k.name AS key, p.step::text, p.at::text, p.value::text
     FROM (
       SELECT key_id, step, at, value FROM metric_point
       WHERE run_no = $1::text::bigint
         AND ($2::int IS NULL OR (key_id, step, at, value) >
           ($2::int, $3::text::bigint, $4::text::bigint, $5::text::float8))
       ORDER BY key_id, step, at, value LIMIT $6::int) p
     JOIN metric_key k ON k.id = p.key_id
     ORDER BY p.key_id, p.step, p.at, p.value`,
    [runNo, after?.keyId ?? null, after?.step ?? "0", after?.at ?? "0", after?.value ?? "0", limit],
  );
}
