import { describe, expect, test } from "vitest";
import { bucketOf } from "#lib/serving/assignment/bucket.ts";
import golden from "#lib/serving/assignment/golden.json" with { type: "json" };
import { pickArm } from "#lib/serving/assignment/pick-arm.ts";

describe("golden vectors", () => {
  test.each(golden.vectors)("$salt and '$unit'", ({ salt, unit, bucket, arm_at }) => {
    expect(bucketOf(salt, unit)).toBe(bucket);
    for (const [weight, arm] of Object.entries(arm_at)) {
      expect(pickArm(bucket, [Number(weight)])).toBe(arm === "canary" ? 0 : -1);
    }
  });

  test("the share of 100,000 units below 0.05", () => {
    const below = units(100_000).filter((unit) => bucketOf("ro_01:assign", unit) < 0.05).length;
    expect(below / 100_000).toBe(golden.share_below_0_05_of_u0_to_u99999);
  });
});

test("raising a weight only adds units, lowering it only removes them", () => {
  const buckets = units(100_000).map((unit) => bucketOf("ro_ramp:assign", unit));
  const canaryAt = (weight: number) => buckets.map((bucket) => pickArm(bucket, [weight]) === 0);
  let before = canaryAt(0);
  expect(before.includes(true)).toBe(false);
  for (const weight of [0.01, 0.05, 0.25, 0.5, 1]) {
    const after = canaryAt(weight);
    expect(before.some((was, index) => was && after[index] !== true)).toBe(false);
    before = after;
  }
  expect(before.includes(false)).toBe(false);
  // From 25 % back to 5 %: who stays was below 0.05, and nobody comes from the baseline.
  const [wide, narrow] = [canaryAt(0.25), canaryAt(0.05)];
  expect(buckets.filter((bucket, index) => narrow[index] !== bucket < 0.05)).toEqual([]);
  expect(narrow.some((is, index) => is && wide[index] !== true)).toBe(false);
});

test("other salts mix units anew", () => {
  const both = units(100_000).filter((unit) => bucketOf("a", unit) < 0.1 && bucketOf("b", unit) < 0.1).length;
  // 1,000 if independent, 10,000 if the same. The units are fixed, so the count is.
  expect(both).toBeGreaterThan(800);
  expect(both).toBeLessThan(1_200);
  expect(() => bucketOf("a\0b", "c")).toThrow(RangeError);
});

test("several arms stand side by side and the baseline takes the rest", () => {
  expect([0, 0.249, 0.25, 0.749, 0.75, 0.999].map((bucket) => pickArm(bucket, [0.25, 0.5]))).toEqual([
    0, 0, 1, 1, -1, -1,
  ]);
  expect(pickArm(0, [])).toBe(-1);
  expect(pickArm(0, [0, 1])).toBe(1);
  expect(pickArm(0.999_999, [0.7, 0.2, 0.1])).toBe(2);
  expect(() => pickArm(0, [0.6, 0.5])).toThrow(RangeError);
  expect(() => pickArm(0, [Number.NaN])).toThrow(RangeError);
});

const units = (count: number) => Array.from({ length: count }, (_, index) => `u${index}`);
