import { type BetaPrior, shareLogE } from "#lib/stats/beta-binomial.ts";
import { binomialCdf } from "#lib/stats/incomplete-beta.ts";

/** 1-based ranks of order statistics; 0 means −∞ and count + 1 means +∞. */
export interface RankInterval {
  lowerRank: number;
  upperRank: number;
}

/** The ranks between which the quantile q of `count` values lies, for one look: quantiles of the binomial. */
export function quantileRanks(count: number, q: number, alpha = 0.05): RankInterval {
  const lower = firstAtLeast(count, (k) => binomialCdf(k, count, q) >= alpha / 2);
  const upper = firstAtLeast(count, (k) => binomialCdf(k, count, q) >= 1 - alpha / 2) + 1;
  return { lowerRank: lower, upperRank: upper };
}

/** The same at all times at once (Howard and Ramdas, Bernoulli 2022): x stays while "P(X ≤ x) = q" is not rejected. */
export function quantileRankSequence(count: number, q: number, alpha = 0.05, concentration = 100): RankInterval {
  const prior = priorOf(q, concentration);
  const isKept = (k: number) => shareLogE(k, count, q, prior) < -Math.log(alpha);
  // E is lowest near the middle and rises either way.
  const middle = Math.min(count, Math.max(0, Math.round(q * count)));
  const lowerRank = firstAtLeast(middle, isKept);
  const beyond = middle + firstAtLeast(count + 1 - middle, (k) => middle + k > count || !isKept(middle + k));
  return { lowerRank, upperRank: beyond };
}

/**
 * ln E of "both arms have the same quantile q": the least, over every value that could be that common quantile, of the
 * product of both arms' E. Conservative, and at all times at once.
 */
export function sameQuantileLogE(a: Float64Array, b: Float64Array, q: number, concentration = 100): number {
  const prior = priorOf(q, concentration);
  const [first, second] = [a.toSorted(), b.toSorted()];
  let [i, j] = [0, 0];
  const logE = () => shareLogE(i, first.length, q, prior) + shareLogE(j, second.length, q, prior);
  let least = logE();
  while (i < first.length || j < second.length) {
    const x = Math.min(first[i] ?? Number.POSITIVE_INFINITY, second[j] ?? Number.POSITIVE_INFINITY);
    while (i < first.length && (first[i] ?? 0) <= x) i++;
    while (j < second.length && (second[j] ?? 0) <= x) j++;
    least = Math.min(least, logE());
  }
  return least;
}

function priorOf(q: number, concentration: number): BetaPrior {
  if (!(q > 0 && q < 1)) throw new RangeError(`a quantile strictly between 0 and 1 is needed, got ${q}`);
  return [q * concentration, (1 - q) * concentration];
}

/** The smallest k in 0..most for which `holds`, which is false up to some k and true from there. */
function firstAtLeast(most: number, holds: (k: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
