import { readFileSync } from "node:fs";
import type { Stroke } from "#lib/engine/digit/types.ts";

export interface GoldenDigit {
  name: string;
  label: number;
  strokes: Stroke[];
  /** What `strokesToDigit` has to give. */
  pixels: Uint8Array;
}

interface GoldenFile {
  /** `strokes`: x0, y0, x1, y1, … in quarter pixels; `pixels`: base64 of 784 bytes. */
  digits: { name: string; label: number; strokes: number[][]; pixels: string }[];
}

/** Twenty stroke files, made once with `generateDigit` and `strokesToDigit` and looked at by eye. */
export function readGoldenStrokes(): GoldenDigit[] {
  const file = new URL("../fixtures/golden-strokes.json", import.meta.url);
  const { digits } = JSON.parse(readFileSync(file, "utf8")) as GoldenFile;
  return digits.map(({ strokes, pixels, ...rest }) => ({
    ...rest,
    strokes: strokes.map((flat) => ({
      points: Array.from({ length: flat.length / 2 }, (_, i) => ({ x: flat[2 * i] ?? 0, y: flat[2 * i + 1] ?? 0 })),
    })),
    pixels: new Uint8Array(Buffer.from(pixels, "base64")),
  }));
}
