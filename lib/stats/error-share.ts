/** Of the time in which the canary had one weight: on which arm the bad requests fell. */
export interface ErrorCounts {
  /** Probability that a request goes to the canary, strictly between 0 and 1. */
  canaryWeight: number;
  canaryErrors: number;
  baselineErrors: number;
}

export interface ErrorShareOptions {
  /** The ratio of error rates, canary to baseline, that is still accepted; default 1. */
  toleratedRatio?: number;
  /** Ratios that the process looks for, all above the tolerated one; default 1.25 to 10 times that. */
  ratios?: readonly number[];
}

/** Times the tolerated ratio. */
const GRID = [1.25, 1.5, 2, 3, 5, 10];

/**
 * ln E of "the canary errs at most `toleratedRatio` times as often as the baseline" (the binomial case of Lindon and
 * Malek, NeurIPS 2022). Only bad requests count, errors or those slower than the objective: under randomised assignment
 * each falls on the canary with a known probability, whatever the base rate does. E is a supermartingale under the whole
 * null, so P(ever E ≥ 1/α) ≤ α: exact, for any weights, at all times at once. Requests that were shed are to be left out.
 */
export function errorShareLogE(counts: readonly ErrorCounts[], options: ErrorShareOptions = {}): number {
  const { toleratedRatio: tolerated = 1 } = options;
  if (!(tolerated > 0)) throw new RangeError(`a tolerated ratio above 0 is needed, got ${tolerated}`);
  const ratios = options.ratios ?? GRID.map((ratio) => ratio * tolerated);
  for (const { canaryWeight, canaryErrors, baselineErrors } of counts) {
    if (!(canaryWeight > 0 && canaryWeight < 1)) {
      throw new RangeError(`a weight strictly between 0 and 1 is needed, got ${canaryWeight}`);
    }
    if (!(canaryErrors >= 0 && baselineErrors >= 0)) {
      throw new RangeError(`counts are needed, got ${canaryErrors} and ${baselineErrors}`);
    }
  }
  const logs = ratios.map((ratio) => logOfRatio(counts, ratio / tolerated, tolerated));
  const most = Math.max(...logs);
  return most + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - most), 0) / logs.length);
}

function logOfRatio(counts: readonly ErrorCounts[], q: number, tolerated: number): number {
  if (!(q > 1)) throw new RangeError("ratios above the tolerated one are needed");
  return counts.reduce((sum, { canaryWeight, canaryErrors, baselineErrors }) => {
    const share = (tolerated * canaryWeight) / (tolerated * canaryWeight + 1 - canaryWeight);
    const scale = Math.log1p(share * (q - 1));
    return sum + canaryErrors * (Math.log(q) - scale) - baselineErrors * scale;
  }, 0);
}

/**
 * ln E of "the canary errs at least `toleratedRatio` times as often as the baseline": the same process with the arms
 * changed over. Where it reaches 1/α the canary is shown to be good enough.
 */
export function goodEnoughLogE(counts: readonly ErrorCounts[], toleratedRatio: number): number {
  const turned = counts.map(({ canaryWeight, canaryErrors, baselineErrors }) => ({
    canaryWeight: 1 - canaryWeight,
    canaryErrors: baselineErrors,
    baselineErrors: canaryErrors,
  }));
  return errorShareLogE(turned, { toleratedRatio: 1 / toleratedRatio });
}
