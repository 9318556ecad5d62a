import { expect, test } from "vitest";
import { dropoutKey, dropoutMask } from "#lib/engine/dropout.ts";

test("drops the asked share and scales the rest up", () => {
  const mask = dropoutMask(100_001, 0.25, dropoutKey(1, 1, 2));
  const dropped = mask.filter((value) => value === 0).length / mask.length;
  expect(dropped).toBeCloseTo(0.25, 2);
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
});

test("neighbouring units and neighbouring steps are independent", () => {
  const first = dropoutMask(100_000, 0.5, dropoutKey(1, 1, 2));
  const second = dropoutMask(100_000, 0.5, dropoutKey(1, 2, 2));
  const agreement = (a: Float32Array, b: Float32Array): number =>
    a.filter((value, i) => value === b[i]).length / a.length;
  expect(agreement(first, second)).toBeCloseTo(0.5, 2);
  expect(agreement(first.subarray(1), first)).toBeCloseTo(0.5, 2);
  expect(agreement(first.subarray(2), first)).toBeCloseTo(0.5, 2);
});

test("the key depends on seed, step and layer, and on nothing else", () => {
  const key = dropoutKey(1, 2, 3);
  expect(dropoutKey(1, 2, 3)).toBe(key);
  expect(new Set([key, dropoutKey(2, 2, 3), dropoutKey(1, 3, 3), dropoutKey(1, 2, 4)]).size).toBe(4);
});
