import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { EntryKey } from "#lib/tracking/schemas.ts";
import { insertPoints, type MetricPoint } from "#lib/tracking/store/metrics.ts";

export type { MetricPoint };

/**
 * Adds points to a run's series: one statement however many. A point that is there already, by (key, step, at), stays as
 * it is, so a batch may be sent twice. NaN and the infinities are kept.
 *
 * @throws InvalidError  a key that is not allowed, a step or time that is not a safe integer, over 10,000 points
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function logMetrics(ctx: Ctx, input: { runId: string; points: MetricPoint[] }): Promise<void> {
  requireScope(ctx, "tracking:write");
  checkPoints(input.points);
  if (input.points.length === 0) {
    return;
  }
  const run = await findWritableRun(ctx, input.runId);
  await insertPoints(ctx, run, input.points);
}

function checkPoints(points: MetricPoint[]): void {
  if (points.length > 10_000) {
    throw new InvalidError(`${points.length} points in one call.`, {
      details: [{ field: "points", problem: "more than 10,000", remedy: "Send them in several calls." }],
    });
  }
  for (const [index, point] of points.entries()) {
    if (!EntryKey.safeParse(point.key).success) {
      const remedy = "Use 1 to 250 letters, digits, _ . - / : and spaces.";
      throw new InvalidError(`The metric name "${point.key.slice(0, 80)}" is not allowed.`, {
        details: [{ field: `points[${index}].key`, problem: "not allowed", remedy }],
      });
    }
    if (!Number.isSafeInteger(point.step) || !Number.isSafeInteger(point.at)) {
      throw new InvalidError(`Point ${index} of "${point.key}" needs whole numbers as step and time.`, {
        details: [{ field: `points[${index}]`, problem: "step or at is not an integer", remedy: "Send integers." }],
      });
    }
  }
}
