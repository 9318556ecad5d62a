import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** One measured value of a series; `at` is Unix milliseconds. */
export interface SeriesRow {
  step: number;
  at: number;
  value: number;
}

/** What of a series is meant; all of it when nothing is said. Both ends belong to it. */
export interface SeriesWindow {
  fromAt?: number | undefined;
  fromStep?: number | undefined;
  toStep?: number | undefined;
}

const LEAST = "-9223372036854775808";
const MOST = "9223372036854775807";

function windowOf({ fromAt, fromStep, toStep }: SeriesWindow): [string, string, string] {
  return [String(fromAt ?? LEAST), String(fromStep ?? LEAST), String(toStep ?? MOST)];
}

/**
 * The earliest points of each series, at most `limit`, in the order of steps, times and values. Of a series that is longer
 * these are not the first by step: ask for one more than is wanted to tell.
 */
export async function selectSeries(
  ctx: Ctx,
  input: { runNo: string; keys: string[]; limit: number; window?: SeriesWindow },
): Promise<Map<string, SeriesRow[]>> {
  const rows = await querySql<{ key: string; step: string; at: string; value: string }>(
    ctx,
    `SELECT k.name AS key, p.step::text, p.at::text, p.value::text
     FROM metric_key k CROSS JOIN LATERAL (
       SELECT at, step, value FROM metric_point
       WHERE run_no = $2::int AND key_id = k.id AND at >= $5::text::bigint
         AND step BETWEEN $6::text::bigint AND $7::text::bigint
       ORDER BY at, step, value LIMIT $4::int) p
     WHERE k.project_id = $1 AND k.name = ANY($3::text[])
     ORDER BY k.id, p.step, p.at, p.value`,
    [ctx.projectId, Number(input.runNo), input.keys, input.limit, ...windowOf(input.window ?? {})],
  );
  const series = new Map<string, SeriesRow[]>(input.keys.map((key) => [key, []]));
  for (const { key, step, at, value } of rows) {
    series.get(key)?.push({ step: Number(step), at: Number(at), value: Number(value) });
  }
  return series;
}

/**
 * A long series thinned to at most `4 * buckets` points by M4 (Jugel et al. 2014): of each of the equal buckets of the step
 * axis the first, last, lowest and highest point stay. A line drawn through what is left, at one bucket a pixel column or
 * finer, is the line through all of them. NaN counts as neither lowest nor highest. A series whose steps are all the same
 * is cut along time. `total` counts all points of the window.
 */
export async function selectThinned(
  ctx: Ctx,
  input: { runNo: string; key: string; buckets: number; window?: SeriesWindow },
): Promise<{ total: number; points: SeriesRow[] }> {
  const window = windowOf(input.window ?? {});
  const axis = await selectAxis(ctx, input.runNo, input.key, window);
  if (axis === null) {
    return { total: 0, points: [] };
  }
  const { keyId, column, low, high } = axis;
  // What lies beyond the ends, which are those of the earliest and the newest point, goes to the outer buckets.
  const place = `(p.${column} - $6::text::bigint) / $7::text::bigint`;
  const bucket = `(CASE WHEN p.${column} < $6::text::bigint THEN 0 ELSE least($8::int - 1, ${place}) END)`;
  const inWindow = `p.run_no = $1::int AND p.key_id = $2::int AND p.at >= $3::text::bigint
    AND p.step BETWEEN $4::text::bigint AND $5::text::bigint`;
  const packed = "ARRAY[p.step, p.at, p.value]";
  // Twice over the series: for the bounds of each bucket, then for the points on them. Numbers up to 2^53 stay exact.
  // LIMIT takes away none: it tells the planner how few they are.
  const rows = await querySql<Record<"first" | "lowest" | "highest" | "last", string | null> & { total: number }>(
    ctx,
    `WITH b AS MATERIALIZED (
       SELECT ${bucket} AS bucket, count(*)::int AS total, min(p.${column}) AS first, max(p.${column}) AS last,
         min(p.value) AS lowest, max(nullif(p.value, 'NaN')) AS highest
       FROM metric_point p WHERE ${inWindow} GROUP BY 1)
     SELECT b.total,
       (min(${packed}) FILTER (WHERE p.${column} = b.first))::text AS first,
       (min(${packed}) FILTER (WHERE p.value = b.lowest))::text AS lowest,
       (min(${packed}) FILTER (WHERE p.value = b.highest))::text AS highest,
       (max(${packed}) FILTER (WHERE p.${column} = b.last))::text AS last
     FROM (SELECT * FROM b LIMIT $8::int) b JOIN metric_point p ON b.bucket = ${bucket}
     WHERE ${inWindow}
       AND (p.${column} = b.first OR p.${column} = b.last OR p.value = b.lowest OR p.value = b.highest)
     GROUP BY b.bucket, b.total`,
    [
      Number(input.runNo),
      keyId,
      ...window,
      String(low),
      String(Math.ceil((high - low + 1) / input.buckets)),
      input.buckets,
    ],
  );
  const kept = new Set(rows.flatMap(({ first, lowest, highest, last }) => [first, lowest, highest, last]));
  return {
    total: rows.reduce((sum, { total }) => sum + total, 0),
    points: [...kept].flatMap((text) => (text === null ? [] : [parsePoint(text)])).sort(bySteps),
  };
}

/** The whole numbers along which a series is cut: its steps, or its times when all steps are the same. */
interface Axis {
  keyId: number;
  column: "step" | "at";
  low: number;
  high: number;
}

/** Null when the window holds no point. */
async function selectAxis(
  ctx: Ctx,
  runNo: string,
  key: string,
  window: [string, string, string],
): Promise<Axis | null> {
  const [fromAt, fromStep, toStep] = window;
  const inWindow = `run_no = $2::int AND key_id = k.id AND at >= $4::text::bigint
    AND step BETWEEN $5::text::bigint AND $6::text::bigint`;
  const [row] = await querySql<{ keyId: number; earliest: string; latest: string; from: string; to: string }>(
    ctx,
    `SELECT k.id AS "keyId", e.at::text AS earliest, l.at::text AS latest, e.step::text AS "from",
       least(n.step, $6::text::bigint)::text AS "to"
     FROM metric_key k
     CROSS JOIN LATERAL (SELECT at, step FROM metric_point WHERE ${inWindow} ORDER BY at, step, value LIMIT 1) e
     CROSS JOIN LATERAL (
       SELECT at FROM metric_point WHERE ${inWindow} ORDER BY at DESC, step DESC, value DESC LIMIT 1) l
     JOIN latest_metric n ON n.run_no = $2::int AND n.key_id = k.id
     WHERE k.project_id = $1 AND k.name = $3`,
    [ctx.projectId, Number(runNo), key, fromAt, fromStep, toStep],
  );
  if (row === undefined) {
    return null;
  }
  const { keyId, from, to, earliest, latest } = row;
  return from === to
    ? { keyId, column: "at", low: Number(earliest), high: Number(latest) }
    : { keyId, column: "step", low: Math.min(Number(from), Number(to)), high: Math.max(Number(from), Number(to)) };
}

/** Of `{step,at,value}`, as Postgres writes an array of floats. */
function parsePoint(text: string): SeriesRow {
  const [step, at, value] = text.slice(1, -1).split(",").map(Number);
  return { step: step ?? 0, at: at ?? 0, value: value ?? Number.NaN };
}

function bySteps(a: SeriesRow, b: SeriesRow): number {
  return a.step - b.step || a.at - b.at || a.value - b.value;
}
