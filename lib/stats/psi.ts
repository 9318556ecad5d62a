/**
 * Population stability index of two histograms over the same bins: Σ (pᵢ − qᵢ)·ln(pᵢ / qᵢ), from 0 without an upper bound.
 * By custom under 0.1 is little and over 0.25 much. Half a case is added to every bin, so that an empty one counts for
 * what it is worth and not for infinity.
 *
 * @throws RangeError different numbers of bins, or no bins
 */
export function psi(a: readonly number[], b: readonly number[]): number {
  if (a.length !== b.length || a.length === 0) throw new RangeError(`${a.length} and ${b.length} bins do not compare`);
  const p = smoothed(a);
  const q = smoothed(b);
  // Never below 0 by itself; rounding may leave −1e-17.
  return Math.max(
    0,
    p.reduce((sum, share, bin) => sum + (share - (q[bin] ?? 0)) * Math.log(share / (q[bin] ?? 0)), 0),
  );
}

function smoothed(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, value) => sum + value + 0.5, 0);
  return counts.map((value) => (value + 0.5) / total);
}
