import { describe, expect, it } from "vitest";
import { augmentBatch } from "#lib/engine/digit/augment.ts";
import { mulberry32 } from "#lib/engine/digit/prng.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { changeStrokeWidth } from "#lib/engine/digit/stroke-width.ts";
import { describeDigit } from "#lib/engine/digit/testing/describe-digit.ts";

const COUNT = 300;
const { images } = renderSynthetic({ seed: 5, count: COUNT });
const one = (batch: Uint8Array, i: number) => batch.subarray(i * 784, i * 784 + 784);
const inkOf = (image: ArrayLike<number>) => Array.from(image).reduce((sum, v) => sum + v, 0);

describe("augmentBatch", () => {
  it("repeats itself for a generator state, leaves the input alone, and keeps its scale", () => {
    const before = images.slice();
    const first = augmentBatch(images, COUNT, mulberry32(1));
    expect(augmentBatch(images, COUNT, mulberry32(1))).toEqual(first);
    expect(augmentBatch(images, COUNT, mulberry32(2))).not.toEqual(first);
    expect(images).toEqual(before);

    const floats = augmentBatch(
      Float32Array.from(images, (v) => v / 255),
      COUNT,
      mulberry32(1),
    );
    expect(floats).toBeInstanceOf(Float32Array);
    expect(floats.every((v) => v >= 0 && v <= 1)).toBe(true);
    const largest = floats.reduce((most, v, i) => Math.max(most, Math.abs(v * 255 - (first[i] ?? 0))), 0);
    expect(largest).toBeLessThan(1.01);
  });

  it("leaves about a fifth of the images clean and changes the others", () => {
    const out = augmentBatch(images, COUNT, mulberry32(3));
    let clean = 0;
    for (let i = 0; i < COUNT; i++) if (Buffer.compare(one(out, i), one(images, i)) === 0) clean++;
    expect(clean / COUNT).toBeGreaterThan(0.13);
    expect(clean / COUNT).toBeLessThan(0.28);
  });

  it("keeps digits digits: ink is neither lost nor flooded, and about half are re-centred by mass", () => {
    const out = augmentBatch(images, COUNT, mulberry32(4), { clean: 0 });
    let centred = 0;
    for (let i = 0; i < COUNT; i++) {
      const shape = describeDigit(one(out, i));
      const ratio = shape.ink / describeDigit(one(images, i)).ink;
      expect(ratio).toBeGreaterThan(0.2);
      expect(ratio).toBeLessThan(3);
      if (Math.abs(shape.centreX - 14) <= 0.55 && Math.abs(shape.centreY - 14) <= 0.55) centred++;
    }
    expect(centred / COUNT).toBeGreaterThan(0.45);
    expect(centred / COUNT).toBeLessThan(0.8);
  });

  it("does nothing when told to do nothing", () => {
    expect(augmentBatch(images, COUNT, mulberry32(1), { clean: 1 })).toEqual(images);
  });

  it("refuses fewer values than images", () => {
    expect(() => augmentBatch(images, COUNT + 1, mulberry32(1))).toThrow(RangeError);
  });
});

describe("changeStrokeWidth", () => {
  it("makes strokes thinner and thicker without losing the digit", () => {
    const target = new Float32Array(784);
    for (let i = 0; i < COUNT; i++) {
      const source = one(images, i);
      changeStrokeWidth(source, target, 255, 0);
      const unchanged = inkOf(target);
      changeStrokeWidth(source, target, 255, -1);
      const thin = inkOf(target);
      changeStrokeWidth(source, target, 255, 1);
      const thick = inkOf(target);
      expect(thin).toBeLessThanOrEqual(unchanged);
      expect(thin).toBeGreaterThanOrEqual(0.44 * unchanged);
      expect(thick).toBeGreaterThan(1.15 * unchanged);
      expect(thick).toBeLessThan(3 * unchanged);
    }
  });
});
