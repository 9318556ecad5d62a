/**
 * The smallest value with at least the share `q` of all values at or below it (nearest rank, no interpolation), q in 0..1.
 *
 * @throws RangeError no values
 */
export function quantile(values: Float64Array, q: number): number {
  if (values.length === 0) throw new RangeError("a quantile needs at least one value");
  const rank = Math.min(values.length, Math.max(1, Math.ceil(q * values.length)));
  return values.toSorted()[rank - 1] ?? 0;
}
