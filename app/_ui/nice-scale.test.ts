import { expect, test } from "vitest";
import { niceScale } from "#app/_ui/nice-scale.ts";

test("ends and steps are round and hold every value", () => {
  expect(niceScale(0.31, 0.86)).toEqual({ domain: [0.2, 1], ticks: [0.2, 0.4, 0.6, 0.8, 1] });
  expect(niceScale(-3, 7).domain).toEqual([-5, 10]);
  for (const [low, high] of [
    [0.0001, 0.00013],
    [285, 713],
    [0.9704, 0.9706],
    [1e-9, 5e8],
  ] as const) {
    const { domain, ticks } = niceScale(low, high);
    expect(domain[0]).toBeLessThanOrEqual(low);
    expect(domain[1]).toBeGreaterThanOrEqual(high);
    expect(ticks.length).toBeLessThanOrEqual(6);
  }
});

test("a share never reaches beyond all of it", () => {
  expect(niceScale(0.756, 0.9845, { most: 1 })).toEqual({ domain: [0.7, 1], ticks: [0.7, 0.8, 0.9, 1] });
  expect(niceScale(1, 1, { most: 1 })).toEqual({ domain: [0, 1], ticks: [0, 0.5, 1] });
});

test("one value stands between nothing and twice itself; bytes are in round units", () => {
  expect(niceScale(0.001, 0.001).domain).toEqual([0, 0.002]);
  expect(niceScale(0, 0).domain).toEqual([0, 1]);
  const mebi = 2 ** 20;
  expect(niceScale(527 * mebi, 552 * mebi, { unit: mebi }).ticks.map((tick) => tick / mebi)).toEqual([
    520, 530, 540, 550, 560,
  ]);
});
