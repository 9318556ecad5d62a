import { type StatInterval, wilson } from "#lib/stats/wilson.ts";

/** Of the same cases: how many both, only A, only B, or neither got right. */
export interface PairedTable {
  both: number;
  onlyA: number;
  onlyB: number;
  neither: number;
}

/**
 * A's share − B's share on the same cases, with Newcombe's hybrid score interval for paired data: method 10 of Newcombe,
 * Statist. Med. 1998, 17:2635, Wilson's limits of both shares joined by the correlation φ, which is corrected for
 * continuity where it is positive.
 *
 * @param level 0..1, default 0.95
 * @throws RangeError no cases
 */
export function newcombePaired(table: PairedTable, level = 0.95): StatInterval {
  const { both, onlyA, onlyB, neither } = table;
  const count = both + onlyA + onlyB + neither;
  const a = wilson(both + onlyA, count, level);
  const b = wilson(both + onlyB, count, level);
  const estimate = (onlyA - onlyB) / count;
  const phi = correlation(table, count);
  const spread = (toA: number, toB: number) => Math.sqrt(Math.max(0, toA * toA - 2 * phi * toA * toB + toB * toB));
  return {
    estimate,
    lower: Math.max(-1, estimate - spread(a.estimate - a.lower, b.upper - b.estimate)),
    upper: Math.min(1, estimate + spread(a.upper - a.estimate, b.estimate - b.lower)),
  };
}

function correlation({ both, onlyA, onlyB, neither }: PairedTable, count: number): number {
  const margins = (both + onlyA) * (onlyB + neither) * ((both + onlyB) * (onlyA + neither));
  if (margins === 0) return 0;
  const determinant = both * neither - onlyA * onlyB;
  return (determinant > 0 ? Math.max(0, determinant - count / 2) : determinant) / Math.sqrt(margins);
}

/**
 * A's share − B's share on different cases, with Newcombe's hybrid score interval (method 10 of Newcombe, Statist. Med.
 * 1998, 17:873). Never for two models on the same cases.
 *
 * @param level 0..1, default 0.95
 * @throws RangeError no cases in one of them
 */
export function newcombeIndependent(
  a: { hits: number; count: number },
  b: { hits: number; count: number },
  level = 0.95,
): StatInterval {
  const first = wilson(a.hits, a.count, level);
  const second = wilson(b.hits, b.count, level);
  const estimate = first.estimate - second.estimate;
  return {
    estimate,
    lower: estimate - Math.hypot(first.estimate - first.lower, second.upper - second.estimate),
    upper: estimate + Math.hypot(first.upper - first.estimate, second.estimate - second.lower),
  };
}
