import { expect, test } from "vitest";
import { decodeImage } from "#lib/engine/image/decode.ts";
import { digitToPng } from "#lib/engine/image/digit-to-png.ts";

test("what is encoded is decoded to the same grey values", async () => {
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 37) % 256);
  const { width, height, data } = await decodeImage(digitToPng(pixels));
  expect([width, height]).toEqual([28, 28]);
  expect(Array.from(pixels, (_, i) => data[i * 4])).toEqual(Array.from(pixels));
});

test("refuses what is not 28 × 28", () => {
  expect(() => digitToPng(new Uint8Array(783))).toThrow("783");
});
