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
     ORDER BY p.key_id, p.step, p.at, p.value`,
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
