import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { downsampleM4 } from "#lib/tracking/downsample.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { toMetricValue } from "#lib/tracking/metric-value.ts";
import type { MetricSeries } from "#lib/tracking/schemas.ts";
import { selectLatest, selectPoints } from "#lib/tracking/store/metrics.ts";

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
  const series = await selectPoints(ctx, run.no, keys);
  return keys.map((key) => {
    const all = series.get(key) ?? [];
    const kept = downsampleM4(all, input.maxPoints ?? 2_000);
    return {
      key,
      total: all.length,
      sampled: kept.length < all.length,
      points: kept.map(({ step, at, value }) => [step, at, toMetricValue(value)]),
    };
  });
}
