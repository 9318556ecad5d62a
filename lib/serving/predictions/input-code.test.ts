import { expect, test } from "vitest";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { logInput, packPixels, unpackPixels } from "#lib/serving/predictions/input-code.ts";

const { images } = renderSynthetic({ seed: 3, count: 200 });
const digits = Array.from({ length: 200 }, (_, index) => images.slice(index * 784, (index + 1) * 784));

test("what is packed comes out as it was, digits and the worst cases", () => {
  const odd = [
    new Uint8Array(784),
    new Uint8Array(784).fill(255),
    Uint8Array.from({ length: 784 }, (_, index) => index % 2),
    Uint8Array.from({ length: 783 }, (_, index) => (index + 1) % 2),
    Uint8Array.of(0),
    new Uint8Array(0),
  ];
  for (const pixels of [...digits, ...odd]) {
    expect(unpackPixels(packPixels(pixels))).toEqual(pixels);
  }
});

test("digits take less than half of their pixels", () => {
  const bytes = digits.reduce((sum, pixels) => sum + packPixels(pixels).length, 0);
  expect(bytes / digits.length).toBeLessThan(392);
});

test("the policy decides what is kept", () => {
  const [pixels = new Uint8Array()] = digits;
  const kept = logInput(pixels, "kept");
  expect(unpackPixels(Buffer.from(kept.input ?? "", "base64"))).toEqual(pixels);
  expect(Buffer.from(kept.inputDigest ?? "", "base64")).toHaveLength(32);
  expect(logInput(pixels, "masked")).toEqual({ inputDigest: kept.inputDigest, input: null });
  expect(logInput(pixels, "off")).toEqual({ inputDigest: null, input: null });
});

test("refuses what it did not make", () => {
  expect(() => unpackPixels(Uint8Array.of(2, 1))).toThrow("inputs of form 2");
  expect(() => unpackPixels(Uint8Array.of(1, 0))).toThrow("within a run");
});
