import { logBeta } from "#lib/stats/log-beta.ts";

/**
 * ln E of "both models are equally often the only one that is right", from the pairs in which just one was: a Beta(a, a)
 * mixture on the discordant pairs of two models that answer the same inputs, such as a shadow. Exact, and at all times at
 * once: reject where E ≥ 1/α. a = 5 favours small differences, ½ large ones.
 *
 * @param b,c discordant pairs either way, whole numbers from 0
 */
export function discordantLogE(b: number, c: number, a = 5): number {
  if (!(b >= 0 && c >= 0 && a > 0)) throw new RangeError(`counts and a prior above 0 are needed, got ${b}, ${c}, ${a}`);
  return logBeta(a + b, a + c) - logBeta(a, a) + (b + c) * Math.LN2;
}

/** The always-valid p-value of ln E. */
export function pOfLogE(logE: number): number {
  return Math.min(1, Math.exp(-logE));
}
