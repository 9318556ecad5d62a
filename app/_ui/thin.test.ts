import { expect, test } from "vitest";
import { type Point, thin } from "#app/_ui/thin.ts";

test("keeps a single spike, the ends and the order of 100,000 points", () => {
  const points: Point[] = Array.from({ length: 100_000 }, (_, x) => [x, x === 61_803 ? 5 : Math.sin(x / 100)]);
  const kept = thin(points, 400);
  expect(kept.length).toBeLessThanOrEqual(400);
  expect(kept).toContainEqual([61_803, 5]);
  expect(kept[0]).toEqual(points[0]);
  expect(kept.at(-1)).toEqual(points.at(-1));
  expect(kept.map(([x]) => x)).toEqual(kept.map(([x]) => x).toSorted((a, b) => a - b));
});

test("leaves short series and series of one x as they are", () => {
  const short: Point[] = [
    [1, 2],
    [2, Number.NaN],
  ];
  expect(thin(short, 400)).toBe(short);
  const same: Point[] = Array.from({ length: 20 }, (_, y) => [1, y]);
  expect(thin(same, 8)).toBe(same);
});
