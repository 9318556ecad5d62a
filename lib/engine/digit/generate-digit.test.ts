import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { generateDigit } from "#lib/engine/digit/generate-digit.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { STROKE_TEMPLATES } from "#lib/engine/digit/stroke-templates.ts";
import { describeDigit } from "#lib/engine/digit/testing/describe-digit.ts";

describe("generateDigit", () => {
  it("knows at least five ways of writing each digit, among them flagged 1, crossed 7, open 4, looped 2, slashed 0", () => {
    expect(STROKE_TEMPLATES).toHaveLength(10);
    for (const templates of STROKE_TEMPLATES) expect(templates.length).toBeGreaterThanOrEqual(5);
    const wanted: [number, string][] = [
      [1, "flagged"],
      [1, "flagged-base"],
      [7, "crossed"],
      [4, "open"],
      [2, "looped"],
      [0, "slashed"],
    ];
    for (const [label, style] of wanted) expect(generateDigit(label, 1, style)).toMatchObject({ label, style });
  });

  it("repeats itself for a seed and differs between seeds", () => {
    expect(generateDigit(7, 42)).toEqual(generateDigit(7, 42));
    expect(generateDigit(7, 42).strokes).not.toEqual(generateDigit(7, 43).strokes);
  });

  it("uses every style", () => {
    for (let label = 0; label < 10; label++) {
      const styles = new Set(Array.from({ length: 200 }, (_, seed) => generateDigit(label, seed).style));
      expect(styles.size).toBe(STROKE_TEMPLATES[label]?.length);
    }
  });

  it("refuses digits and styles that do not exist", () => {
    expect(() => generateDigit(10, 1)).toThrow(RangeError);
    expect(() => generateDigit(1, 1, "gothic")).toThrow(/no style "gothic" for digit 1/);
  });
});

describe("renderSynthetic", () => {
  it("gives the same bytes for a seed, on every machine", () => {
    const { images, labels } = renderSynthetic({ seed: 7, count: 300 });
    const digest = createHash("sha256").update(images).update(labels).digest("hex");
    expect(digest).toBe("f195aef60b3e51d77fba1ad31912fb8defd87350aa9e4eec5be061e1916d95fc");
    expect(renderSynthetic({ seed: 8, count: 300 }).images).not.toEqual(images);
  });

  it("starts with the shorter set and holds each digit once in every ten", () => {
    const long = renderSynthetic({ seed: 1, count: 60 });
    const short = renderSynthetic({ seed: 1, count: 25 });
    expect(long.images.subarray(0, 25 * 784)).toEqual(short.images);
    for (let block = 0; block < 6; block++) {
      expect([...long.labels.subarray(block * 10, block * 10 + 10)].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it("has about as much ink as MNIST, at MNIST's place, and no two images alike", () => {
    const { images } = renderSynthetic({ seed: 2, count: 1000 });
    const mean = images.reduce((sum, v) => sum + v, 0) / images.length / 255;
    expect(mean).toBeGreaterThan(0.1);
    expect(mean).toBeLessThan(0.15);
    const seen = new Set<string>();
    for (let i = 0; i < 1000; i++) {
      const image = images.subarray(i * 784, i * 784 + 784);
      const shape = describeDigit(image);
      expect(Math.abs(shape.centreX - 14)).toBeLessThan(2.5);
      expect(Math.abs(shape.centreY - 14)).toBeLessThan(2.5);
      expect(shape.longestSide).toBeGreaterThanOrEqual(17);
      expect(shape.longestSide).toBeLessThanOrEqual(23);
      seen.add(createHash("sha256").update(image).digest("hex"));
    }
    expect(seen.size).toBe(1000);
  });
});
