import { expect, test } from "vitest";
import { scaleOf } from "#app/(console)/approvals/[id]/_components/scale.ts";

test("keeps every value inside of its room, in order", () => {
  const { at, ticks } = scaleOf([-0.004, 0.002, 0.011], { left: 10, right: 5 });
  const places = [-0.004, 0.002, 0.011].map((value) => Number.parseFloat(at(value)));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(10);
  expect(places[2]).toBeLessThan(95);
  expect(ticks.map((tick) => Number(tick.toFixed(6)))).toEqual([0, 0.005, 0.01]);
});

test("also for one value alone", () => {
  const { at, ticks } = scaleOf([0, 0, 0], { left: 0, right: 0 });
  expect(at(0)).toBe("50.000%");
  expect(ticks.length).toBeGreaterThan(0);
});
