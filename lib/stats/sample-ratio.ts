import { chiSquareTail } from "#lib/stats/chi-square.ts";
import { logBeta } from "#lib/stats/log-beta.ts";

export interface SampleRatio {
  /** ln of the Bayes factor against the designed shares; alarm where it reaches −ln α. May be looked at after every unit. */
  logBayesFactor: number;
  /** Always valid, 0..1. */
  p: number;
  /** For one look at the end only; threshold 0.001. */
  chiSquare: number;
  chiSquareP: number;
}

/**
 * Did the arms get the shares that were designed? A Dirichlet mixture around the design with the given concentration (larger
 * is more sensitive to a small bias), and χ² for one look. An alarm voids every other verdict.
 *
 * @param counts units of each arm, at least two arms
 * @param shares designed, above 0, together 1
 */
export function sampleRatio(counts: readonly number[], shares: readonly number[], concentration = 10_000): SampleRatio {
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (counts.length !== shares.length || counts.length < 2 || Math.abs(total - 1) > 1e-9) {
    throw new RangeError(`shares that sum to 1, one for each of at least two counts, are needed, got ${shares}`);
  }
  const arms = shares.map((share, index) => ({ share, count: counts[index] ?? 0 }));
  for (const { share, count } of arms) {
    if (!(share > 0 && count >= 0))
      throw new RangeError(`shares above 0 and counts are needed, got ${share} and ${count}`);
  }
  const all = counts.reduce((sum, count) => sum + count, 0);
  const prior = arms.map(({ share }) => share * concentration);
  const posterior = arms.map(({ share, count }) => share * concentration + count);
  const designed = arms.reduce((sum, { share, count }) => sum + count * Math.log(share), 0);
  const logBayesFactor = logMultivariateBeta(posterior) - logMultivariateBeta(prior) - designed;
  const chiSquare =
    all === 0 ? 0 : arms.reduce((sum, { share, count }) => sum + (count - all * share) ** 2 / (all * share), 0);
  return {
    logBayesFactor,
    p: Math.min(1, Math.exp(-logBayesFactor)),
    chiSquare,
    chiSquareP: chiSquareTail(chiSquare, arms.length - 1),
  };
}

/** Σ lnΓ(αᵢ) − lnΓ(Σαᵢ), one arm against the rest at a time, which keeps the digits. */
function logMultivariateBeta(alphas: readonly number[]): number {
  let rest = alphas.reduce((sum, alpha) => sum + alpha, 0);
  let log = 0;
  for (const alpha of alphas.slice(0, -1)) {
    rest -= alpha;
    log += logBeta(alpha, rest);
  }
  return log;
}
