import { checkAlpha } from "#lib/stats/mixture.ts";

/**
 * Half the width of the asymptotic confidence sequence of a mean after `count` cases (Waudby-Smith, Arbour, Sinha, Kennedy
 * and Ramdas, arXiv 2103.06476): mean ± half holds at all times at once. With `sides` 1 only one of the two ends is meant,
 * which is narrower: a gate asks that. For two arms take count = n₁ + n₂ and sd = √(V·count).
 *
 * @param sd of one case
 * @param rho2 `mixtureConstant(alpha) / plannedCount`; of one side `mixtureConstant(2·alpha)`
 */
export function asymptoticHalfWidth(
  sd: number,
  count: number,
  { alpha, rho2, sides = 2 }: { alpha: number; rho2: number; sides?: 1 | 2 },
): number {
  checkAlpha(alpha);
  if (!(count > 0)) return Number.POSITIVE_INFINITY;
  if (!(rho2 > 0)) throw new RangeError(`a rho² above 0 is needed, got ${rho2}`);
  const grown = count * rho2 + 1;
  const log = sides === 2 ? Math.log(Math.sqrt(grown) / alpha) : Math.log1p(Math.sqrt(grown) / (2 * alpha));
  return sd * Math.sqrt(((2 * grown) / (count * count * rho2)) * log);
}
