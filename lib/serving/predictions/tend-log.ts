import type { Ctx } from "#lib/platform/ctx.ts";
import { deleteLabels } from "#lib/serving/store/labels.ts";
import { addDays, dropDays } from "#lib/serving/store/predictions.ts";

/** A day begins with its partition there, though no worker ran for this many days before. */
const DAYS_AHEAD = 3;
const LABELS_AT_ONCE = 10_000;
const DAY_MS = 86_400_000;

/**
 * Makes the log's partitions ahead, and removes what is older than it shall be kept: whole days (UTC) of predictions, and
 * labels, a slice at a time.
 *
 * @returns `more`: labels are left that are too old
 */
export async function tendPredictionLog(
  ctx: Ctx,
  keep: { predictionDays: number; labelDays: number },
): Promise<{ made: number; dropped: number; labels: number; more: boolean }> {
  const now = ctx.clock.now();
  const made = await addDays(ctx.pool, now, DAYS_AHEAD);
  const dropped = await dropDays(ctx.pool, new Date(now.getTime() - keep.predictionDays * DAY_MS));
  const labels = await deleteLabels(ctx, new Date(now.getTime() - keep.labelDays * DAY_MS), LABELS_AT_ONCE);
  return { made, dropped, labels, more: labels === LABELS_AT_ONCE };
}
