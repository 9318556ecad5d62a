import { expect, test } from "vitest";
import { dropoutMask } from "#lib/engine/dropout.ts";

test("drops the asked share and scales the rest up", () => {
  const mask = dropoutMask(100_001, 0.25, 1, 1, 2);
  const dropped = mask.filter((value) => value === 0).length / mask.length;
  expect(dropped).toBeCloseTo(0.25, 2);
  expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
});

test("depends on seed, step and layer, and on nothing else", () => {
  const mask = dropoutMask(64, 0.5, 1, 2, 3);
  expect(dropoutMask(64, 0.5, 1, 2, 3)).toEqual(mask);
  expect(dropoutMask(64, 0.5, 2, 2, 3)).not.toEqual(mask);
  expect(dropoutMask(64, 0.5, 1, 3, 3)).not.toEqual(mask);
  expect(dropoutMask(64, 0.5, 1, 2, 4)).not.toEqual(mask);
});
