import { normalQuantile } from "#lib/stats/normal.ts";

export interface PlanOptions {
  /** Two-sided error rate, default 0.05. */
  alpha?: number;
  /** Probability to find the difference, default 0.8. */
  power?: number;
}

/**
 * Cases that the first arm needs so that two shares are told apart in one look (pooled z-test, two-sided), not rounded. The
 * second arm needs `ratio` times as many: with a canary of 5 % the canary is the first arm and the ratio is 19.
 */
export function planShares(
  p1: number,
  p2: number,
  { alpha = 0.05, power = 0.8, ratio = 1 }: PlanOptions & { ratio?: number } = {},
): number {
  for (const p of [p1, p2]) if (!(p >= 0 && p <= 1)) throw new RangeError(`a share in 0..1 is needed, got ${p}`);
  if (p1 === p2) throw new RangeError("two different shares are needed");
  const pooled = (p1 + ratio * p2) / (1 + ratio);
  const [zAlpha, zBeta] = [normalQuantile(1 - alpha / 2), normalQuantile(power)];
  const root =
    zAlpha * Math.sqrt((1 + 1 / ratio) * pooled * (1 - pooled)) +
    zBeta * Math.sqrt(p1 * (1 - p1) + (p2 * (1 - p2)) / ratio);
  return root ** 2 / (p1 - p2) ** 2;
}

/**
 * Inputs that two models have to answer both so that McNemar's test tells them apart (Connor, Biometrics 1987), not rounded.
 *
 * @param onlyA,onlyB shares of inputs that only one of them gets right
 */
export function planPairs(onlyA: number, onlyB: number, { alpha = 0.05, power = 0.8 }: PlanOptions = {}): number {
  const [psi, delta] = [onlyA + onlyB, onlyA - onlyB];
  if (!(onlyA >= 0 && onlyB >= 0 && psi <= 1 && delta !== 0)) {
    throw new RangeError(`two different shares of at most 1 in all are needed, got ${onlyA} and ${onlyB}`);
  }
  const root = normalQuantile(1 - alpha / 2) * Math.sqrt(psi) + normalQuantile(power) * Math.sqrt(psi - delta ** 2);
  return root ** 2 / delta ** 2;
}

/**
 * The smallest rise over `p1` that `count` cases in the first arm find: what a week's traffic can show. Null where not even
 * a share of 1 would be told apart.
 */
export function detectableRise(
  p1: number,
  count: number,
  options: PlanOptions & { ratio?: number } = {},
): number | null {
  if (p1 >= 1 || planShares(p1, 1, options) > count) return null;
  let [low, high] = [0, 1 - p1];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (planShares(p1, p1 + middle, options) > count) low = middle;
    else high = middle;
  }
  return high;
}

/** How many times as many cases an always-valid test needs for the power of one look (simulated, τ within a factor of 2). */
export const ALWAYS_VALID_INFLATION = 1.65;
