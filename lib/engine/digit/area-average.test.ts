import { describe, expect, it } from "vitest";
import { areaAverage } from "#lib/engine/digit/area-average.ts";
import { mulberry32 } from "#lib/engine/digit/prng.ts";

describe("areaAverage", () => {
  it("is the identity at the same size and the block mean at whole factors", () => {
    expect([...areaAverage(Uint8Array.of(1, 2, 3, 4), 2, 2, 2, 2)]).toEqual([1, 2, 3, 4]);
    expect([...areaAverage(Uint8Array.of(0, 4, 8, 8, 4, 0, 8, 8), 4, 2, 2, 1)]).toEqual([2, 8]);
  });

  it("weighs the parts of pixels that fall on both sides of an edge", () => {
    expect([...areaAverage(Float32Array.of(6, 0, 0), 3, 1, 2, 1)]).toEqual([4, 0]);
    expect([...areaAverage(Float32Array.of(0, 6, 0), 3, 1, 2, 1)]).toEqual([2, 2]);
  });

  it("keeps the mean and the range, up and down", () => {
    const random = mulberry32(9);
    for (const [w, h, columns, rows] of [
      [37, 91, 8, 20],
      [9, 12, 15, 20],
      [200, 143, 20, 14],
    ] as const) {
      const source = Float32Array.from({ length: w * h }, () => Math.floor(random() * 256));
      const out = areaAverage(source, w, h, columns, rows);
      const mean = (values: Float32Array) => values.reduce((sum, v) => sum + v, 0) / values.length;
      expect(mean(out)).toBeCloseTo(mean(source), 2);
      expect(Math.max(...out)).toBeLessThanOrEqual(255.001);
    }
  });
});
