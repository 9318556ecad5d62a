import { zOfLevel } from "#lib/stats/normal.ts";

/** Of a proportion in 0..1, or of a difference in −1..1. */
export interface StatInterval {
  estimate: number;
  lower: number;
  upper: number;
}

/**
 * Wilson's score interval for `hits` of `count` (Wilson 1927), without continuity correction. It never leaves 0..1 and
 * holds the level well also near 0 and 1.
 *
 * @param level 0..1, default 0.95
 * @throws RangeError hits outside 0..count, or no cases
 */
export function wilson(hits: number, count: number, level = 0.95): StatInterval {
  if (!(count > 0 && hits >= 0 && hits <= count)) throw new RangeError(`${hits} of ${count} is no proportion`);
  const z = zOfLevel(level);
  const p = hits / count;
  const centre = p + (z * z) / (2 * count);
  const half = z * Math.sqrt((p * (1 - p)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  // The ends are exact where nothing or everything hit; rounding would leave 1e-17.
  return {
    estimate: p,
    lower: hits === 0 ? 0 : (centre - half) / scale,
    upper: hits === count ? 1 : (centre + half) / scale,
  };
}
