import { expect, test } from "vitest";
import { fromHalf, toHalf } from "#lib/serving/v2/half.ts";

test("every half comes back as it was", () => {
  for (let half = 0; half < 0x10000; half++) {
    const value = fromHalf(half);
    if (Number.isNaN(value)) expect(Number.isNaN(fromHalf(toHalf(value)))).toBe(true);
    else expect(toHalf(value)).toBe(half);
  }
});

test("what lies between goes to the nearest, ties to even", () => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [65_519, 0x7bff],
    [65_520, 0x7c00],
    [-1e9, 0xfc00],
    [2 ** -25, 0],
    [3 * 2 ** -25, 2],
    [2 ** -14 - 2 ** -26, 0x400],
    [-0, 0x8000],
  ];
  for (const [value, half] of cases) expect(toHalf(value), String(value)).toBe(half);
});
