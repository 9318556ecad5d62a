import { asymptoticHalfWidth } from "#lib/stats/asymptotic-sequence.ts";
import { type ArmShare, differenceOfShares } from "#lib/stats/difference.ts";
import { mixtureConstant } from "#lib/stats/mixture.ts";

/** Predictions of one stretch of time, with the labels that have come for them. */
export interface LabelCohort {
  /** When the youngest of them was made, ms since the epoch. */
  untilMs: number;
  control: ArmShare;
  treatment: ArmShare;
}

/**
 * Sums the cohorts whose labels had the time to come: younger ones are biased where labels of one class or arm come later.
 *
 * @param labelDelayMs the 95th percentile of the delay of labels
 */
export function matureLabels(
  cohorts: readonly LabelCohort[],
  { nowMs, labelDelayMs }: { nowMs: number; labelDelayMs: number },
): { control: ArmShare; treatment: ArmShare; immatureShare: number } {
  const control = { hits: 0, count: 0 };
  const treatment = { hits: 0, count: 0 };
  let young = 0;
  for (const cohort of cohorts) {
    if (nowMs - cohort.untilMs < labelDelayMs) {
      young += cohort.control.count + cohort.treatment.count;
      continue;
    }
    for (const [sum, arm] of [[control, cohort.control] as const, [treatment, cohort.treatment] as const]) {
      sum.hits += arm.hits;
      sum.count += arm.count;
    }
  }
  const all = control.count + treatment.count + young;
  return { control, treatment, immatureShare: all === 0 ? 0 : young / all };
}

/** Bounds of treatment − control; each alone holds at all times with 1 − α. */
export interface NonInferiority {
  verdict: "pass" | "fail" | "inconclusive" | "no_data";
  estimate: number | null;
  lower: number;
  upper: number;
}

/** Cases, right and wrong answers that each arm needs before the normal approximation is believed. */
const LEAST = { cases: 30, each: 5 };

/**
 * Is the treatment's accuracy at most `margin` below the control's? One-sided confidence sequences of the difference on
 * different cases, so that it may be asked after every label: `pass` where the lower bound is above −margin, `fail` where
 * the upper one is below it.
 *
 * @param margin 0..1, such as 0.01 for one point
 * @param plannedCount cases of both arms at which the bound is sharpest, fixed before the data
 */
export function nonInferiority(
  { control, treatment }: { control: ArmShare; treatment: ArmShare },
  { margin, alpha = 0.05, plannedCount = 5_000 }: { margin: number; alpha?: number; plannedCount?: number },
): NonInferiority {
  if (!(margin >= 0 && margin <= 1)) throw new RangeError(`a margin in 0..1 is needed, got ${margin}`);
  const nothing = { estimate: null, lower: -1, upper: 1 };
  if (control.count === 0 || treatment.count === 0) return { verdict: "no_data", ...nothing };
  const isThin = [control, treatment].some(
    ({ hits, count }) => count < LEAST.cases || hits < LEAST.each || count - hits < LEAST.each,
  );
  const { estimate, variance } = differenceOfShares(control, treatment);
  if (isThin) return { verdict: "inconclusive", ...nothing, estimate };
  const count = control.count + treatment.count;
  const rho2 = mixtureConstant(Math.min(0.999, 2 * alpha)) / plannedCount;
  const half = asymptoticHalfWidth(Math.sqrt(variance * count), count, { alpha, rho2, sides: 1 });
  const [lower, upper] = [Math.max(-1, estimate - half), Math.min(1, estimate + half)];
  const verdict = lower > -margin ? "pass" : upper < -margin ? "fail" : "inconclusive";
  return { verdict, estimate, lower, upper };
}
