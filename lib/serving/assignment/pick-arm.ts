/**
 * Which of several arms a bucket falls to: the first takes [0, w₀), the next [w₀, w₀ + w₁), and so on. What is left belongs
 * to the baseline: −1. With one arm a rising weight only adds units and a falling one only removes them. With several that
 * holds for the last arm, and for all where none but the last changes: a new arm goes to the end.
 *
 * @param bucket of {@link bucketOf}, in [0, 1)
 * @param weights shares in 0..1, together at most 1
 * @throws RangeError a weight outside 0..1, or more than 1 in all
 */
export function pickArm(bucket: number, weights: readonly number[]): number {
  let upTo = 0;
  let arm = -1;
  for (const [index, weight] of weights.entries()) {
    if (!(weight >= 0 && weight <= 1)) throw new RangeError(`a weight in 0..1 is needed, got ${weight}`);
    upTo += weight;
    if (arm === -1 && bucket < upTo) arm = index;
  }
  // Sums of tenths may pass 1 by a rounding.
  if (upTo > 1 + 1e-9) throw new RangeError(`weights of at most 1 in all are needed, got ${upTo}`);
  return arm;
}
