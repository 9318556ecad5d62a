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
