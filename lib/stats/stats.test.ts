import { describe, expect, test } from "vitest";
import golden from "#lib/stats/golden.json" with { type: "json" };
import { kolmogorovSmirnov } from "#lib/stats/kolmogorov-smirnov.ts";
import { logGamma } from "#lib/stats/log-gamma.ts";
import { mcnemar } from "#lib/stats/mcnemar.ts";
import { mulberry32 } from "#lib/stats/mulberry32.ts";
import { newcombeIndependent, newcombePaired } from "#lib/stats/newcombe.ts";
import { normalQuantile, zOfLevel } from "#lib/stats/normal.ts";
import { psi } from "#lib/stats/psi.ts";
import { quantile } from "#lib/stats/quantile.ts";
import { wilson } from "#lib/stats/wilson.ts";

/** Within 1e-6, as the golden values ask. */
function expectNear(got: number, wanted: number | undefined): void {
  expect(Math.abs(got - (wanted ?? Number.NaN))).toBeLessThan(1e-6);
}

describe("golden values", () => {
  test.each(golden.mcnemar)("McNemar of $b and $c", ({ b, c, exact, midp }) => {
    const { exactP, midP } = mcnemar(b, c);
    expectNear(exactP, exact);
    expectNear(midP, midp);
    expect(mcnemar(c, b)).toEqual({ exactP, midP });
  });

  test.each(golden.paired)("Newcombe's paired interval of $both, $a_only, $b_only, $neither", (given) => {
    const { both, a_only: onlyA, b_only: onlyB, neither } = given;
    const got = newcombePaired({ both, onlyA, onlyB, neither });
    expectNear(got.estimate, given.diff);
    expectNear(got.lower, given.newcombe_paired95[0]);
    expectNear(got.upper, given.newcombe_paired95[1]);
    const turned = newcombePaired({ both, onlyA: onlyB, onlyB: onlyA, neither });
    expectNear(turned.lower, -got.upper);
    expectNear(turned.upper, -got.lower);
  });

  test.each(golden.independent)("Newcombe's and Wilson's intervals of $a and $b", (given) => {
    const [a, b] = [given.a, given.b].map(([hits = 0, count = 0]) => ({ hits, count }));
    if (a === undefined || b === undefined) throw new Error("the fixture is not whole");
    const got = newcombeIndependent(a, b);
    expectNear(got.estimate, given.diff);
    expectNear(got.lower, given.newcombe95[0]);
    expectNear(got.upper, given.newcombe95[1]);
    for (const [{ hits, count }, wanted] of [[a, given.wilson_a] as const, [b, given.wilson_b] as const]) {
      const share = wilson(hits, count);
      expectNear(share.lower, wanted[0]);
      expectNear(share.upper, wanted[1]);
    }
  });

  test.each(golden.normalQuantile)("the normal quantile of $x", ({ x, y }) => expectNear(normalQuantile(x), y));

  test.each(golden.logGamma)("ln Γ($x)", ({ x, y }) => expect(Math.abs(logGamma(x) / y - 1)).toBeLessThan(1e-12));
});

test("the normal quantile holds far out", () => {
  // scipy.stats.norm.ppf
  expect(normalQuantile(1e-20)).toBeCloseTo(-9.26234008979841, 10);
  expect(() => normalQuantile(1)).toThrow(RangeError);
});

test("mid-p is what counting out every outcome gives", () => {
  for (let b = 0; b <= 9; b++) {
    for (let c = 0; c + b <= 13; c++) {
      const trials = b + c;
      const least = Math.min(b, c);
      let atMost = 0;
      let exactly = 0;
      for (let outcome = 0; outcome < 2 ** trials; outcome++) {
        const heads = outcome.toString(2).replaceAll("0", "").length;
        if (heads <= least) atMost++;
        if (heads === least) exactly++;
      }
      const { exactP, midP } = mcnemar(b, c);
      const total = 2 ** trials;
      expect(exactP).toBeCloseTo(trials === 0 ? 1 : Math.min(1, (2 * atMost) / total), 10);
      const wanted = b === c ? 1 - exactly / total / 2 : (2 * atMost - exactly) / total;
      expect(midP).toBeCloseTo(trials === 0 ? 1 : wanted, 10);
    }
  }
});

test("McNemar's test keeps its shape on large counts", () => {
  expect(mcnemar(5_000, 5_000).midP).toBeGreaterThan(0.99);
  const p = [5_000, 5_050, 5_100, 5_200, 5_400].map((b) => mcnemar(b, 5_000).midP);
  expect(p).toEqual(p.toSorted((x, y) => y - x));
  // The normal approximation with (b − c)²/(b + c) = 3.9216: 0.0477.
  expect(mcnemar(5_200, 5_000).midP).toBeCloseTo(0.0477, 3);
  expect(() => mcnemar(-1, 2)).toThrow(RangeError);
  expect(() => mcnemar(1.5, 2)).toThrow(RangeError);
});

test("Wilson's bounds are where the score test just rejects", () => {
  const z = zOfLevel(0.9);
  for (const [hits, count] of [
    [1, 7],
    [40, 41],
    [123, 1_000],
    [9_912, 10_000],
  ] as const) {
    const { estimate, lower, upper } = wilson(hits, count, 0.9);
    for (const bound of [lower, upper]) {
      expect(Math.abs(estimate - bound) / Math.sqrt((bound * (1 - bound)) / count)).toBeCloseTo(z, 8);
    }
  }
  expect(wilson(0, 5).lower).toBe(0);
  expect(wilson(5, 5).upper).toBe(1);
  expect(() => wilson(1, 0)).toThrow(RangeError);
});

test("the paired interval covers about as often as it says", () => {
  // All tables of 30 pairs, weighted by their probability: no simulation, no chance.
  const shares = { both: 0.8, onlyA: 0.1, onlyB: 0.05, neither: 0.05 };
  const count = 30;
  const logs = Object.fromEntries(Object.entries(shares).map(([cell, share]) => [cell, Math.log(share)]));
  let covered = 0;
  for (let both = 0; both <= count; both++) {
    for (let onlyA = 0; onlyA + both <= count; onlyA++) {
      for (let onlyB = 0; onlyA + onlyB + both <= count; onlyB++) {
        const table = { both, onlyA, onlyB, neither: count - both - onlyA - onlyB };
        const logP = Object.entries(table).reduce(
          (sum, [cell, cases]) => sum + cases * (logs[cell] ?? 0) - logGamma(cases + 1),
          logGamma(count + 1),
        );
        const { lower, upper } = newcombePaired(table);
        if (lower <= 0.05 && 0.05 <= upper) covered += Math.exp(logP);
      }
    }
  }
  expect(covered).toBeGreaterThan(0.93);
  expect(covered).toBeLessThan(0.98);
});

test("the stability index is 0 for the same shares, symmetric, and finite with empty bins", () => {
  expect(psi([10, 20, 30], [10, 20, 30])).toBe(0);
  expect(psi([10_000, 20_000], [20_000, 40_000])).toBeLessThan(1e-6);
  const shifted = psi([500, 300, 200], [300, 300, 400]);
  expect(shifted).toBeCloseTo(psi([300, 300, 400], [500, 300, 200]), 12);
  // (0.5 − 0.3)·ln(5/3) + (0.2 − 0.4)·ln(1/2), but for the half cases.
  expect(shifted).toBeCloseTo(0.2 * Math.log(5 / 3) + 0.2 * Math.log(2), 2);
  expect(psi([0, 100], [100, 0])).toBeGreaterThan(5);
  expect(psi([0, 0], [0, 0])).toBe(0);
  expect(() => psi([1], [1, 2])).toThrow(RangeError);
});

test("the Kolmogorov–Smirnov gap is what comparing at every value gives, and its p-value fits resampling", () => {
  const random = mulberry32(7);
  const share = (values: Float64Array, x: number) => values.filter((value) => value <= x).length / values.length;
  const sample = (count: number, shift: number) =>
    Float64Array.from({ length: count }, () => Math.round((random() + shift) * 40) / 40);
  for (const [n, m, shift] of [
    [30, 50, 0],
    [25, 25, 0.3],
    [1, 9, 0],
  ] as const) {
    const a = sample(n, 0);
    const b = sample(m, shift);
    const widest = Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))));
    expect(kolmogorovSmirnov(a, b).statistic).toBeCloseTo(widest, 12);
    expect(kolmogorovSmirnov(b, a)).toEqual(kolmogorovSmirnov(a, b));
  }
  const a = Float64Array.from({ length: 40 }, random);
  const b = Float64Array.from({ length: 60 }, () => random() * 0.85);
  const { statistic, p } = kolmogorovSmirnov(a, b);
  let asWide = 0;
  for (let draw = 0; draw < 4_000; draw++) {
    const pooled = [...a, ...b];
    for (let i = pooled.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [pooled[i], pooled[j]] = [pooled[j] ?? 0, pooled[i] ?? 0];
    }
    const [first, second] = [Float64Array.from(pooled.slice(0, 40)), Float64Array.from(pooled.slice(40))];
    if (kolmogorovSmirnov(first, second).statistic >= statistic - 1e-12) asWide++;
  }
  expect(Math.abs(p - asWide / 4_000)).toBeLessThan(0.05);
  expect(kolmogorovSmirnov(a, a).p).toBe(1);
  expect(() => kolmogorovSmirnov(a, new Float64Array())).toThrow(RangeError);
});

test("a quantile is a value that occurs", () => {
  const values = Float64Array.from({ length: 200 }, (_, index) => 200 - index);
  expect([0, 0.5, 0.99, 1].map((q) => quantile(values, q))).toEqual([1, 100, 198, 200]);
  expect(quantile(Float64Array.of(3), 0.99)).toBe(3);
});
