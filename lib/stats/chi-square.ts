import { logGamma } from "#lib/stats/log-gamma.ts";

/**
 * P(X > x) of the χ² distribution: the regularised upper incomplete gamma function Q(df/2, x/2), by its series near 0 and
 * Lentz' continued fraction beyond.
 *
 * @param df degrees of freedom, positive
 */
export function chiSquareTail(x: number, df: number): number {
  if (!(df > 0)) throw new RangeError(`degrees of freedom above 0 are needed, got ${df}`);
  if (x <= 0) return 1;
  const a = df / 2;
  const half = x / 2;
  const front = Math.exp(a * Math.log(half) - half - logGamma(a));
  if (half < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= half / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = half + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k <= 1_000; k++) {
    const step = k * (a - k);
    b += 2;
    d = 1 / (step * d + b);
    c = b + step / c;
    value *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * value;
}
