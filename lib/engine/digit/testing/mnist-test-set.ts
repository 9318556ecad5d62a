import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { RgbaImage } from "#lib/engine/digit/types.ts";

export interface Mnist {
  /** `[count, 28, 28]`, 0..255. */
  images: Uint8Array;
  labels: Uint8Array;
}

const folder = process.env["ASSAY_DATA_DIR"] ? join(process.env["ASSAY_DATA_DIR"], "mnist") : null;

/** Whether `ASSAY_DATA_DIR` holds MNIST; tests on the full data wait for it. */
export const hasMnist = folder !== null && existsSync(join(folder, "t10k-images-idx3-ubyte.gz"));

export function readMnist(part: "train" | "t10k"): Mnist {
  const read = (name: string, header: number) =>
    new Uint8Array(gunzipSync(readFileSync(join(folder ?? "", name)))).subarray(header);
  return { images: read(`${part}-images-idx3-ubyte.gz`, 16), labels: read(`${part}-labels-idx1-ubyte.gz`, 8) };
}

/** A grey image as an upload would be decoded: opaque RGBA. */
export function grayToRgba(gray: ArrayLike<number>, width: number, height: number): RgbaImage {
  const data = new Uint8Array(width * height * 4);
  for (let i = 0, at = 0; i < width * height; i++) {
    const tone = gray[i] ?? 0;
    data[at++] = tone;
    data[at++] = tone;
    data[at++] = tone;
    data[at++] = 255;
  }
  return { width, height, data };
}

/** One digit as a person's drawing program would save it: bilevel, 8 times as large, somewhere on a larger canvas. */
export function redrawBilevel(digit: Uint8Array, left: number, top: number, canvas: number): RgbaImage {
  const factor = 8;
  const gray = new Uint8Array(canvas * canvas);
  for (let y = 0; y < 28 * factor; y++) {
    for (let x = 0; x < 28 * factor; x++) {
      const u = (x + 0.5) / factor - 0.5;
      const v = (y + 0.5) / factor - 0.5;
      const x0 = Math.floor(u);
      const y0 = Math.floor(v);
      const at = (column: number, row: number) =>
        column < 0 || row < 0 || column > 27 || row > 27 ? 0 : (digit[row * 28 + column] ?? 0);
      const upper = at(x0, y0) * (1 - (u - x0)) + at(x0 + 1, y0) * (u - x0);
      const lower = at(x0, y0 + 1) * (1 - (u - x0)) + at(x0 + 1, y0 + 1) * (u - x0);
      const value = upper * (1 - (v - y0)) + lower * (v - y0);
      gray[(top + y) * canvas + left + x] = value >= 127 ? 255 : 0;
    }
  }
  return grayToRgba(gray, canvas, canvas);
}

/**
 * A classifier without training: the label of the nearest of the first `count` references, compared at 14×14. Accurate
 * enough (about 0.94 with 4,000) to notice a preprocessing that damages digits.
 */
export function nearestNeighbour({ images, labels }: Mnist, count: number): (pixels: Uint8Array) => number {
  const references = Array.from({ length: count }, (_, i) => halve(images.subarray(i * 784, i * 784 + 784)));
  return (pixels) => {
    const query = halve(pixels);
    let best = Number.POSITIVE_INFINITY;
    let label = -1;
    references.forEach((reference, i) => {
      let distance = 0;
      for (let j = 0; j < 196 && distance < best; j++) {
        const difference = (query[j] ?? 0) - (reference[j] ?? 0);
        distance += difference * difference;
      }
      if (distance < best) {
        best = distance;
        label = labels[i] ?? -1;
      }
    });
    return label;
  };
}

function halve(pixels: Uint8Array): Float32Array {
  const half = new Float32Array(196);
  pixels.forEach((v, i) => {
    const at = Math.floor(i / 56) * 14 + Math.floor((i % 28) / 2);
    half[at] = (half[at] ?? 0) + v;
  });
  return half;
}
