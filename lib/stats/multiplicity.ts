/** Each p × the number of tests: for gates, where α is shared. */
export function bonferroni(ps: readonly number[]): number[] {
  return ps.map((p) => Math.min(1, p * ps.length));
}

/** Holm's step-down adjustment, in the order given: for guardrails. Controls the chance of any false alarm. */
export function holm(ps: readonly number[]): number[] {
  let most = 0;
  return adjusted(ps, ascending(ps), (p, rank) => {
    most = Math.max(most, Math.min(1, (ps.length - rank) * p));
    return most;
  });
}

/** Benjamini and Hochberg's step-up adjustment, in the order given: for exploration. Controls the share of false claims. */
export function benjaminiHochberg(ps: readonly number[]): number[] {
  let least = 1;
  const order = ascending(ps).toReversed();
  return adjusted(ps, order, (p, fromTop) => {
    least = Math.min(least, (p * ps.length) / (ps.length - fromTop));
    return least;
  });
}

function ascending(ps: readonly number[]): number[] {
  return ps.map((_, index) => index).toSorted((a, b) => (ps[a] ?? 0) - (ps[b] ?? 0));
}

function adjusted(
  ps: readonly number[],
  order: readonly number[],
  adjust: (p: number, rank: number) => number,
): number[] {
  const out = ps.map(() => 0);
  for (const [rank, index] of order.entries()) out[index] = adjust(ps[index] ?? 0, rank);
  return out;
}
