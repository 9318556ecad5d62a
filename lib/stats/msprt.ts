import type { Difference } from "#lib/stats/difference.ts";
import { checkAlpha } from "#lib/stats/mixture.ts";

/** One look at a running comparison. */
export interface MsprtLook {
  /** ln Λ; 0 without any information. */
  logLikelihoodRatio: number;
  /** Always valid, 0..1. */
  p: number;
  lower: number;
  upper: number;
}

/**
 * The mixture sequential probability ratio test of a difference against `nullValue` with a N(nullValue, τ²) mixture (Johari,
 * Koomen, Pekelis and Walsh, Operations Research 2022): p and interval may be looked at after every case. The variance is
 * plugged in, so wait for 30 cases and 5 successes and failures an arm; for rare errors use the error-share process.
 *
 * @param tau the typical size of the effects expected, fixed before the data
 */
export function msprt(
  difference: Difference,
  { tau, alpha = 0.05, nullValue = 0 }: { tau: number; alpha?: number; nullValue?: number },
): MsprtLook {
  checkAlpha(alpha);
  if (!(tau > 0)) throw new RangeError(`a tau above 0 is needed, got ${tau}`);
  const { estimate, variance } = difference;
  // No event yet: nothing is known.
  if (!(variance > 0)) {
    return { logLikelihoodRatio: 0, p: 1, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  }
  const tau2 = tau * tau;
  const both = variance + tau2;
  const away = estimate - nullValue;
  const logLikelihoodRatio = 0.5 * Math.log(variance / both) + (tau2 * away * away) / (2 * variance * both);
  const half = Math.sqrt(((variance * both) / tau2) * Math.log(both / (variance * alpha * alpha)));
  return {
    logLikelihoodRatio,
    p: Math.min(1, Math.exp(-logLikelihoodRatio)),
    lower: estimate - half,
    upper: estimate + half,
  };
}

/** What holds after one more look: p never rises and the interval never widens. */
export function afterLook(before: MsprtLook | null, look: MsprtLook): MsprtLook {
  if (before === null) return look;
  return {
    logLikelihoodRatio: look.logLikelihoodRatio,
    p: Math.min(before.p, look.p),
    lower: Math.max(before.lower, look.lower),
    upper: Math.min(before.upper, look.upper),
  };
}
