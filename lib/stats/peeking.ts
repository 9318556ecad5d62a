import type { ArmShare } from "#lib/stats/difference.ts";
import { normalCdf } from "#lib/stats/normal-cdf.ts";

/** The pooled two-proportion z-test, for one look: z of treatment − control and its two-sided p. Without any spread p is 1. */
export function pooledZ(control: ArmShare, treatment: ArmShare): { z: number; p: number } {
  const [n1, n2] = [control.count, treatment.count];
  if (!(n1 > 0 && n2 > 0)) throw new RangeError("both arms need at least one case");
  const pooled = (control.hits + treatment.hits) / (n1 + n2);
  const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
  if (!(variance > 0)) return { z: 0, p: 1 };
  const z = (treatment.hits / n2 - control.hits / n1) / Math.sqrt(variance);
  return { z, p: 2 * normalCdf(-Math.abs(z)) };
}

/**
 * What somebody who looks at a fixed-horizon test again and again would have claimed: the first of the looks at which its p
 * fell below alpha, or null. Shown beside the honest interval as a warning, never as a verdict.
 */
export function firstPeekingClaim(
  looks: readonly { control: ArmShare; treatment: ArmShare }[],
  alpha = 0.05,
): { look: number; p: number } | null {
  for (const [look, { control, treatment }] of looks.entries()) {
    if (control.count === 0 || treatment.count === 0) continue;
    const { p } = pooledZ(control, treatment);
    if (p < alpha) return { look, p };
  }
  return null;
}
