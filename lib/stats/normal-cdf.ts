/**
 * P(Z ≤ x) of the standard normal, with small relative errors also far out: the series of Marsaglia (J. Stat. Softw. 2004,
 * 11:4) within 3, beyond it the continued fraction of Mills' ratio.
 */
export function normalCdf(x: number): number {
  if (x >= 3) return 1 - tail(x);
  if (x <= -3) return tail(-x);
  let term = x;
  let sum = x;
  for (let k = 3; Math.abs(term) > 1e-17 * Math.abs(sum); k += 2) {
    term *= (x * x) / k;
    sum += term;
  }
  return 0.5 + sum * normalDensity(x);
}

/** The standard normal's density at x. */
export function normalDensity(x: number): number {
  return Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
}

/** P(Z > x) for x of at least 3. */
function tail(x: number): number {
  let below = x;
  for (let k = 90; k >= 1; k--) below = x + k / below;
  return normalDensity(x) / below;
}
