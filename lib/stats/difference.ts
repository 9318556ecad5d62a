/** Successes of trials in one arm. */
export interface ArmShare {
  hits: number;
  count: number;
}

/** Treatment − control, and the estimated variance of that difference. */
export interface Difference {
  estimate: number;
  variance: number;
}

/**
 * The difference of two shares on different cases, V = p₁q₁/n₁ + p₂q₂/n₂.
 *
 * @throws RangeError an arm without cases, or hits outside 0..count
 */
export function differenceOfShares(control: ArmShare, treatment: ArmShare): Difference {
  const [a, b] = [shareOf(control), shareOf(treatment)];
  return {
    estimate: b - a,
    variance: (a * (1 - a)) / control.count + (b * (1 - b)) / treatment.count,
  };
}

function shareOf({ hits, count }: ArmShare): number {
  if (!(count > 0 && hits >= 0 && hits <= count)) throw new RangeError(`${hits} of ${count} is no proportion`);
  return hits / count;
}

/** The mean of one arm with its standard deviation (n − 1). */
export interface ArmMean {
  mean: number;
  sd: number;
  count: number;
}

/** The difference of two means on different cases, V = s₁²/n₁ + s₂²/n₂. */
export function differenceOfMeans(control: ArmMean, treatment: ArmMean): Difference {
  if (!(control.count > 0 && treatment.count > 0)) throw new RangeError("both arms need at least one case");
  return {
    estimate: treatment.mean - control.mean,
    variance: control.sd ** 2 / control.count + treatment.sd ** 2 / treatment.count,
  };
}
