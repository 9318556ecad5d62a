import { logGamma } from "#lib/stats/log-gamma.ts";

/**
 * ln B(a, b) for a, b > 0. Where the counts are large the three ln Γ would cancel, so Stirling's corrections are
 * subtracted in their place (SLATEC's dlbeta, Fullerton 1977): digits hold at ten million and beyond.
 */
export function logBeta(a: number, b: number): number {
  const [less, more] = a <= b ? [a, b] : [b, a];
  if (!(less > 0)) throw new RangeError(`positive numbers are needed, got ${a} and ${b}`);
  const sum = less + more;
  if (more < 10) return logGamma(less) + logGamma(more) - logGamma(sum);
  const rest = correction(more) - correction(sum);
  if (less < 10) {
    return logGamma(less) + rest + less - less * Math.log(sum) + (more - 0.5) * Math.log1p(-less / sum);
  }
  return (
    0.5 * Math.log((2 * Math.PI) / more) +
    correction(less) +
    rest +
    (less - 0.5) * Math.log(less / sum) +
    more * Math.log1p(-less / sum)
  );
}

/** ln Γ(x) − Stirling's formula, for x of at least 10. */
function correction(x: number): number {
  const square = 1 / (x * x);
  return (1 / 12 - square * (1 / 360 - square * (1 / 1_260 - square * (1 / 1_680 - square / 1_188)))) / x;
}
