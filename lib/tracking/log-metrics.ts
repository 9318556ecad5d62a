import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isTx } from "#lib/platform/db.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { noRun } from "#lib/tracking/find-run.ts";
import { gatherPoints } from "#lib/tracking/gather-points.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { requirePoint } from "#lib/tracking/metric-point.ts";
import { RunId } from "#lib/tracking/schemas.ts";
import { metricKeyIds } from "#lib/tracking/store/metric-keys.ts";
import type { MetricPoint } from "#lib/tracking/store/metrics.ts";
import { writePoints } from "#lib/tracking/store/write-points.ts";
import { whyNotTaken } from "#lib/tracking/why-not-taken.ts";

export type { MetricPoint };

/**
 * Adds points to a run's series: one statement however many. An exact repeat, by (key, step, at, value), changes nothing,
 * so a batch may be sent twice. NaN and the infinities are kept. Outside of a transaction, points of concurrent calls go
 * together.
 *
 * @throws InvalidError  a key that is not allowed, a step or time that is not a safe integer, over 10,000 points
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted, or a worker does it and a client calls
 */
export async function logMetrics(ctx: Ctx, input: { runId: string; points: MetricPoint[] }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const { runId, points } = input;
  checkPoints(points);
  if (points.length === 0) {
    return;
  }
  if (!RunId.safeParse(runId).success) {
    throw noRun(runId);
  }
  const ids = await metricKeyIds(
    ctx,
    points.map(({ key }) => key),
  );
  const rows = points.map(({ key, step, at, value }) => ({ runId, keyId: ids.get(key) ?? 0, step, at, value }));
  const taken = await (isTx(ctx) ? writePoints(ctx, rows) : gatherPoints(ctx, rows));
  if (!taken.has(runId)) {
    throw await whyNotTaken(ctx, runId);
  }
  hintRun(ctx, runId);
}

function checkPoints(points: MetricPoint[]): void {
  if (points.length > 10_000) {
    throw new InvalidError(`${points.length} points in one call.`, {
      details: [{ field: "points", problem: "more than 10,000", remedy: "Send them in several calls." }],
    });
  }
  for (const [index, point] of points.entries()) {
    requirePoint(point, points.length === 1 ? "" : `metrics[${index}]`);
  }
}
