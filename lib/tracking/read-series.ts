import type { Ctx } from "#lib/platform/ctx.ts";
import { type SeriesRow, type SeriesWindow, selectSeries, selectThinned } from "#lib/tracking/store/metric-series.ts";

export interface ReadSeries {
  /** Points there are in the window; more than `points` when it was thinned. */
  total: number;
  /** By step, then time, then value. */
  points: SeriesRow[];
}

/**
 * Series of a run, each of at most `maxPoints` (4 or more): a longer one is thinned by the database so that no first, last,
 * lowest or highest value is lost, whatever its length.
 */
export async function readSeries(
  ctx: Ctx,
  input: { runNo: string; keys: string[]; maxPoints: number; window?: SeriesWindow },
): Promise<Map<string, ReadSeries>> {
  const { maxPoints, ...wanted } = input;
  const whole = await selectSeries(ctx, { ...wanted, limit: maxPoints + 1 });
  const read = new Map<string, ReadSeries>();
  for (const [key, points] of whole) {
    const isLong = points.length > maxPoints;
    const buckets = Math.max(1, Math.floor(maxPoints / 4));
    read.set(key, isLong ? await selectThinned(ctx, { ...wanted, key, buckets }) : { total: points.length, points });
  }
  return read;
}
