import { describe, expect, it } from "vitest";
import { pixelsToDigit } from "#lib/engine/digit/pixels-to-digit.ts";

const filled = (value: number) => Array.from({ length: 784 }, (_, i) => (i === 400 ? value : 0));

describe("pixelsToDigit", () => {
  it("takes 784 numbers from 0 to 255 as they are", () => {
    const values = Array.from({ length: 784 }, (_, i) => i % 256);
    const result = pixelsToDigit(values);
    expect(result.ok && [...result.pixels]).toEqual(values);
    expect(pixelsToDigit(filled(0)).ok).toBe(true);
    expect(pixelsToDigit(filled(2)).ok).toBe(true);
  });

  it.each([
    ["783 values", filled(255).slice(1), "bad_pixel_count", "got 783"],
    ["785 values", [...filled(255), 0], "bad_pixel_count", "got 785"],
    ["NaN", filled(Number.NaN), "bad_pixel_value", "pixels[400]"],
    ["infinity", filled(Number.POSITIVE_INFINITY), "bad_pixel_value", "pixels[400]"],
    ["a negative value", filled(-1), "pixel_range", "0 to 255"],
    ["256", filled(256), "pixel_range", "0 to 255"],
    ["a 0..1 scale", filled(0.9), "pixel_range", "0 to 255"],
    ["a 0..1 scale with 1", filled(1), "pixel_range", "not 0 to 1"],
  ])("refuses %s and says why", (_, values, code, words) => {
    const result = pixelsToDigit(values);
    expect(result).toMatchObject({ ok: false, code, message: expect.stringContaining(words) });
  });
});
