import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { toSeriesPoint } from "#lib/tracking/metric-value.ts";
import { readSeries } from "#lib/tracking/read-series.ts";
import type { MetricSeries } from "#lib/tracking/schemas.ts";
import { selectLatest } from "#lib/tracking/store/metrics.ts";

/**
 * The series of a run, each thinned to at most `maxPoints` (default 2,000) when longer. `keys` absent: all, at most 200.
 *
 * @throws NotFoundError no such run in the project
 */
export async function getMetricHistory(
  ctx: Ctx,
  input: { runId: string; keys?: string[] | undefined; maxPoints?: number },
): Promise<MetricSeries[]> {
  requireScope(ctx, "tracking:read");
  const run = await findRun(ctx, input.runId);
  const latest = (await selectLatest(ctx, [run.no], input.keys ?? null)).get(run.no) ?? [];
  const keys = latest.map((row) => row.key).slice(0, 200);
  const series = await readSeries(ctx, { runNo: run.no, keys, maxPoints: input.maxPoints ?? 2_000 });
  return [...series].map(([key, { total, points }]) => ({
    key,
    total,
    sampled: points.length < total,
    points: points.map(toSeriesPoint),
  }));
}
