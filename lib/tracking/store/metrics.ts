import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** One measured value. `at` is Unix milliseconds; `value` may be NaN or infinite. */
export interface MetricPoint {
  key: string;
  step: number;
  at: number;
  value: number;
}

export interface LatestRow {
  key: string;
  step: number;
  at: number;
  value: number;
  min: number | null;
  max: number | null;
}

// Ids never change once committed. By pool, so that two databases in one process do not mix.
const idCaches = new WeakMap<object, Map<string, number>>();

/** The dictionary ids of the names, made where missing. */
async function keyIds(ctx: Ctx, names: string[]): Promise<Map<string, number>> {
  const cache = idCaches.get(ctx.pool) ?? new Map<string, number>();
  idCaches.set(ctx.pool, cache);
  const slot = (name: string) => `${ctx.projectId}\n${name}`;
  const found = new Map<string, number>();
  for (const name of names) {
    const id = cache.get(slot(name));
    if (id !== undefined) found.set(name, id);
  }
  const missing = names.filter((name) => !found.has(name)).sort();
  if (missing.length === 0) {
    return found;
  }
  const select = "SELECT name, id FROM metric_key WHERE project_id = $1 AND name = ANY($2::text[])";
  let rows = await querySql<{ name: string; id: number }>(ctx, select, [ctx.projectId, missing]);
  if (rows.length < missing.length) {
    await querySql(
      ctx,
      `INSERT INTO metric_key (project_id, name) SELECT $1, name FROM unnest($2::text[]) AS n(name)
       ON CONFLICT (project_id, name) DO NOTHING`,
      [ctx.projectId, missing],
    );
    rows = await querySql(ctx, select, [ctx.projectId, missing]);
  }
  for (const row of rows) {
    found.set(row.name, row.id);
    // A transaction may still roll the new name back.
    if (!("auditEntries" in ctx)) cache.set(slot(row.name), row.id);
  }
  return found;
}

/** Adds the points and brings `latest_metric` up, in one statement; points that are there already change nothing. */
export async function insertPoints(ctx: Ctx, run: { id: string; no: string }, points: MetricPoint[]): Promise<void> {
  const ids = await keyIds(ctx, [...new Set(points.map((point) => point.key))]);
  await querySql(
    ctx,
    `WITH given AS (
       SELECT DISTINCT ON (key_id, step, at) key_id, step, at, value
       FROM unnest($2::int[], $3::text[]::bigint[], $4::text[]::bigint[], $5::text[]::float8[]) WITH ORDINALITY
         AS g(key_id, step, at, value, place)
       ORDER BY key_id, step, at, place),
     added AS (
       INSERT INTO metric_point (run_no, key_id, step, at, value)
       SELECT $1::bigint, key_id, step, at, value FROM given ORDER BY key_id, step, at
       ON CONFLICT DO NOTHING RETURNING key_id, step, at, value),
     newest AS (SELECT DISTINCT ON (key_id) key_id, step, at, value FROM added ORDER BY key_id, step DESC, at DESC),
     -- NaN is above Infinity in Postgres, so this keeps the finite ones.
     extremes AS (
       SELECT key_id, min(value) AS low, max(value) AS high FROM added
       WHERE value > '-Infinity' AND value < 'Infinity' GROUP BY key_id),
     latest AS (
       INSERT INTO latest_metric AS l (run_no, key_id, step, at, value, min, max)
       SELECT $1::bigint, n.key_id, n.step, n.at, n.value, x.low, x.high
       FROM newest n LEFT JOIN extremes x USING (key_id) ORDER BY n.key_id
       ON CONFLICT (run_no, key_id) DO UPDATE SET
         step = CASE WHEN (excluded.step, excluded.at) > (l.step, l.at) THEN excluded.step ELSE l.step END,
         at = CASE WHEN (excluded.step, excluded.at) > (l.step, l.at) THEN excluded.at ELSE l.at END,
         value = CASE WHEN (excluded.step, excluded.at) > (l.step, l.at) THEN excluded.value ELSE l.value END,
         min = least(l.min, excluded.min), max = greatest(l.max, excluded.max))
     SELECT pg_notify('assay_run', $6)::text`,
    [
      run.no,
      points.map((point) => ids.get(point.key) ?? 0),
      points.map((point) => String(point.step)),
      points.map((point) => String(point.at)),
      points.map((point) => String(point.value)),
      run.id,
    ],
  );
}

/** Newest values by run; `keys` null: all. */
export async function selectLatest(
  ctx: Ctx,
  runNos: string[],
  keys: string[] | null,
): Promise<Map<string, LatestRow[]>> {
  const rows = await querySql<
    { run: string; key: string } & Record<"step" | "at" | "value" | "min" | "max", string | null>
  >(
    ctx,
    `SELECT l.run_no::text AS run, k.name AS key, l.step::text, l.at::text, l.value::text, l.min::text, l.max::text
     FROM latest_metric l JOIN metric_key k ON k.id = l.key_id
     WHERE l.run_no = ANY($1::text[]::bigint[]) AND ($2::text[] IS NULL OR k.name = ANY($2::text[]))
     ORDER BY k.name`,
    [runNos, keys],
  );
  const byRun = new Map<string, LatestRow[]>(runNos.map((no) => [no, []]));
  for (const row of rows) {
    byRun.get(row.run)?.push({
      key: row.key,
      step: Number(row.step),
      at: Number(row.at),
      value: Number(row.value),
      min: row.min === null ? null : Number(row.min),
      max: row.max === null ? null : Number(row.max),
    });
  }
  return byRun;
}

/** A series' points by step, then time. `afterStep`: only later ones; `fromAt`: only from that time on. */
export async function selectPoints(
  ctx: Ctx,
  runNo: string,
  keys: string[],
  filter: { afterStep?: number; fromAt?: number } = {},
): Promise<Map<string, { step: number; at: number; value: number }[]>> {
  const rows = await querySql<{ key: string; step: string; at: string; value: string }>(
    ctx,
    `SELECT k.name AS key, p.step::text, p.at::text, p.value::text
     FROM metric_key k JOIN metric_point p ON p.key_id = k.id AND p.run_no = $2::bigint
     WHERE k.project_id = $1 AND k.name = ANY($3::text[])
       AND ($4::text IS NULL OR p.step > $4::text::bigint) AND ($5::text IS NULL OR p.at >= $5::text::bigint)
     ORDER BY p.key_id, p.step, p.at`,
    [
      ctx.projectId,
      runNo,
      keys,
      filter.afterStep === undefined ? null : String(filter.afterStep),
      filter.fromAt === undefined ? null : String(filter.fromAt),
    ],
  );
  const series = new Map<string, { step: number; at: number; value: number }[]>(keys.map((key) => [key, []]));
  for (const row of rows) {
    series.get(row.key)?.push({ step: Number(row.step), at: Number(row.at), value: Number(row.value) });
  }
  return series;
}
