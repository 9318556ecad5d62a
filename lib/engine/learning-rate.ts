import type { LearningRateSchedule } from "#lib/engine/schemas.ts";

/**
 * The rate of one step. `cosine` falls from `peak` at the first step along half a cosine to nearly 0 at the last
 * (Loshchilov and Hutter 2017, without restarts).
 *
 * @param step counted from 1
 */
export function learningRateAt(schedule: LearningRateSchedule, peak: number, step: number, totalSteps: number): number {
  if (schedule === "constant") return peak;
  return peak * 0.5 * (1 + Math.cos((Math.PI * (step - 1)) / totalSteps));
}
