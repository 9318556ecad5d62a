/** ln Γ(x) for x > 0: Lanczos' approximation with g = 7 and nine terms, good to about 1e-13. */
export function logGamma(x: number): number {
  if (!(x > 0)) throw new RangeError(`a positive number is needed, got ${x}`);
  // Γ(x)·Γ(1 − x) = π / sin πx.
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const shifted = x - 1;
  const t = shifted + G + 0.5;
  const sum = TERMS.reduce((total, term, index) => total + (index === 0 ? term : term / (shifted + index)), 0);
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}

const G = 7;
const TERMS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
  -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];
