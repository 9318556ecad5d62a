import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { readSeries } from "#lib/tracking/read-series.ts";
import type { MetricPoint } from "#lib/tracking/store/metrics.ts";

export interface RunPoint extends MetricPoint {
  runId: string;
}

/**
 * A metric of several runs, in the order of the runs and their steps, each thinned to at most `maxPoints` when longer: the
 * first and the last are kept (of one point: the last), and from four on the lowest and highest too.
 *
 * @throws NotFoundError no such run in the project
 */
export async function getMetricSample(
  ctx: Ctx,
  input: { runIds: string[]; key: string; steps?: { from: number; to: number } | undefined; maxPoints: number },
): Promise<RunPoint[]> {
  requireScope(ctx, "tracking:read");
  const { key, steps, maxPoints } = input;
  const runs = [];
  for (const id of new Set(input.runIds)) runs.push(await findRun(ctx, id));
  const found: RunPoint[] = [];
  for (const run of runs) {
    const window = { fromStep: steps?.from, toStep: steps?.to };
    const read = await readSeries(ctx, { runNo: run.no, keys: [key], maxPoints: Math.max(4, maxPoints), window });
    const points = read.get(key)?.points ?? [];
    found.push(...cutEnds(points, maxPoints).map((point) => ({ ...point, key, runId: run.id })));
  }
  return found;
}

/** As many as are wanted, when that is fewer than what a thinned series has. */
function cutEnds<P>(points: P[], wanted: number): P[] {
  if (points.length <= wanted) return points;
  return wanted === 1 ? points.slice(-1) : [...points.slice(0, 1), ...points.slice(-1)];
}
