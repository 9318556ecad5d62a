/**
 * How wide the mixture of an always-valid test should be for it to be sharpest at a planned size: ρ² = K / n* and
 * τ² = σ²·K / n*, where n* counts pairs and σ² is the variance of one pair's difference. K solves K − ln(1 + K) = −2 ln α,
 * which is K = −W₋₁(−α²/e) − 1. A wrong guess of n* costs width, not validity; it must be fixed before the data.
 *
 * @param alpha strictly between 0 and 1
 */
export function mixtureConstant(alpha: number): number {
  checkAlpha(alpha);
  const wanted = -2 * Math.log(alpha);
  // The closed approximation is near; Newton's steps do the rest.
  let k = wanted + Math.log1p(wanted);
  for (let step = 0; step < 50; step++) {
    const next = k - ((k - Math.log1p(k) - wanted) * (1 + k)) / k;
    if (Math.abs(next - k) < 1e-15 * k) break;
    k = next;
  }
  return k;
}

/** @throws RangeError not strictly between 0 and 1 */
export function checkAlpha(alpha: number): void {
  if (!(alpha > 0 && alpha < 1)) throw new RangeError(`an error rate strictly between 0 and 1 is needed, got ${alpha}`);
}
