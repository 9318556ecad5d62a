import { logGamma } from "#lib/stats/log-gamma.ts";

/**
 * McNemar's two-sided test of the pairs in which just one of two was right. `exactP` = 2·P(X ≤ min(b, c)) with
 * X ~ Bin(b + c, ½), at most 1; `midP` = that − P(X = min(b, c)), and 1 − ½·P(X = b) where b = c (Fagerland, Lydersen and
 * Laake, BMC Med Res Methodol 2013, 13:91): mid-p keeps the level without exact's conservatism. Both are 1 without any
 * such pair.
 *
 * @param b,c whole numbers from 0
 */
export function mcnemar(b: number, c: number): { exactP: number; midP: number } {
  for (const given of [b, c]) {
    if (!Number.isSafeInteger(given) || given < 0) throw new RangeError(`a count is needed, got ${given}`);
  }
  const trials = b + c;
  if (trials === 0) return { exactP: 1, midP: 1 };
  const least = Math.min(b, c);
  const point = Math.exp(logGamma(trials + 1) - logGamma(least + 1) - logGamma(trials - least + 1) - trials * Math.LN2);
  if (b === c) return { exactP: 1, midP: 1 - point / 2 };
  // P(X = k − 1) / P(X = k) = k / (trials − k + 1): downwards every term is smaller than the one before.
  let tail = 0;
  for (let k = least, term = point; k >= 0 && term > tail * Number.EPSILON; k--) {
    tail += term;
    term *= k / (trials - k + 1);
  }
  const exactP = Math.min(1, 2 * tail);
  return { exactP, midP: Math.min(1, 2 * tail - point) };
}
