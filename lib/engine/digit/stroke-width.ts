import { DIGIT_PIXELS, DIGIT_SIDE } from "#lib/engine/digit/types.ts";

const UP = 4;
/** Empty subsamples around the image, so that the filters need no bounds. */
const PAD = 2;
const FINE = DIGIT_SIDE * UP + 2 * PAD;

const fine = new Uint8Array(FINE * FINE);
const across = new Uint8Array(FINE * FINE);
const result = new Uint8Array(FINE * FINE);

/**
 * Makes the strokes of one image thinner or thicker by about `change` pixels of 28, on a 4× upsampled bilevel image.
 * Grey erosion at 28×28 is not a thinner pen: it removes light strokes whole. Where thinning would take more than 55 % of
 * the ink (a pen of one pixel already), it takes half as much or leaves the image alone.
 *
 * @param source 784 values 0..`full`
 * @param target receives the result, 0..`full`
 * @param change −1..1; change of stroke width, in steps of 0.5 (one subsample at each side)
 */
export function changeStrokeWidth(
  source: Float32Array | Uint8Array,
  target: Float32Array | Uint8Array,
  full: number,
  change: number,
): void {
  fine.fill(0);
  across.fill(0);
  const box = upsample(source, full);
  const before = count(fine, box);
  let radius = Math.round(Math.abs(change) * (UP / 2));
  while (radius > 0) {
    morph(radius, change > 0, box);
    if (change > 0 || count(result, box) >= 0.45 * before) break;
    radius--;
  }
  downsample(radius > 0 ? result : fine, target, full, box);
}

/** Subsamples, both ends included. */
interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Bilinear 4×, threshold at half; returns the box of pixels touched, with a margin, in subsamples. */
function upsample(source: Float32Array | Uint8Array, full: number): Box {
  let left = DIGIT_SIDE;
  let right = -1;
  let top = DIGIT_SIDE;
  let bottom = -1;
  for (let i = 0; i < DIGIT_PIXELS; i++) {
    if (!source[i]) continue;
    const x = i % DIGIT_SIDE;
    const y = (i - x) / DIGIT_SIDE;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < top) top = y;
    if (y > bottom) bottom = y;
  }
  left = Math.max(0, left - 1);
  top = Math.max(0, top - 1);
  right = Math.min(DIGIT_SIDE - 1, right + 1);
  bottom = Math.min(DIGIT_SIDE - 1, bottom + 1);
  const half = full / 2;
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      const at = y * DIGIT_SIDE + x;
      const c = source[at] ?? 0;
      for (let quarter = 0; quarter < 4; quarter++) {
        const nx = quarter & 1 ? 1 : -1;
        const ny = quarter & 2 ? 1 : -1;
        const insideX = x + nx >= 0 && x + nx < DIGIT_SIDE;
        const insideY = y + ny >= 0 && y + ny < DIGIT_SIDE;
        const h = insideX ? (source[at + nx] ?? 0) : 0;
        const v = insideY ? (source[at + ny * DIGIT_SIDE] ?? 0) : 0;
        const d = insideX && insideY ? (source[at + ny * DIGIT_SIDE + nx] ?? 0) : 0;
        // Subsamples sit 1/8 and 3/8 of a pixel from its centre.
        const baseX = PAD + x * UP + (nx > 0 ? 2 : 1);
        const baseY = PAD + y * UP + (ny > 0 ? 2 : 1);
        for (let j = 0; j < 2; j++) {
          const wy = j ? 0.375 : 0.125;
          const row = (baseY + j * ny) * FINE;
          for (let i = 0; i < 2; i++) {
            const wx = i ? 0.375 : 0.125;
            const value = (1 - wy) * ((1 - wx) * c + wx * h) + wy * ((1 - wx) * v + wx * d);
            fine[row + baseX + i * nx] = value >= half ? 1 : 0;
          }
        }
      }
    }
  }
  return {
    left: PAD + left * UP,
    right: PAD + right * UP + UP - 1,
    top: PAD + top * UP,
    bottom: PAD + bottom * UP + UP - 1,
  };
}

function count(data: Uint8Array, box: Box): number {
  let sum = 0;
  for (let y = box.top; y <= box.bottom; y++) {
    for (let x = box.left; x <= box.right; x++) sum += data[y * FINE + x] ?? 0;
  }
  return sum;
}

/**
 * Erosion or dilation of `fine` by a square of side 2 `radius` + 1 (radius 1 or 2), rows into `across`, then columns into
 * `result`. Outside the image is background. Written out because it is the hot part of augmentation.
 */
function morph(radius: number, dilate: boolean, box: Box): void {
  const far = radius === 2 ? 2 : 1;
  for (let y = box.top; y <= box.bottom; y++) {
    const end = y * FINE + box.right;
    for (let i = y * FINE + box.left; i <= end; i++) {
      const a = fine[i - far] ?? 0;
      const b = fine[i - 1] ?? 0;
      const c = fine[i] ?? 0;
      const d = fine[i + 1] ?? 0;
      const e = fine[i + far] ?? 0;
      across[i] = dilate ? a | b | c | d | e : a & b & c & d & e;
    }
  }
  for (let y = box.top; y <= box.bottom; y++) {
    const end = y * FINE + box.right;
    for (let i = y * FINE + box.left; i <= end; i++) {
      const a = across[i - far * FINE] ?? 0;
      const b = across[i - FINE] ?? 0;
      const c = across[i] ?? 0;
      const d = across[i + FINE] ?? 0;
      const e = across[i + far * FINE] ?? 0;
      result[i] = dilate ? a | b | c | d | e : a & b & c & d & e;
    }
  }
}

function downsample(from: Uint8Array, target: Float32Array | Uint8Array, full: number, box: Box): void {
  target.fill(0);
  for (let y = box.top; y <= box.bottom; y++) {
    const base = ((y - PAD) >> 2) * DIGIT_SIDE;
    for (let x = box.left; x <= box.right; x++) {
      const at = base + ((x - PAD) >> 2);
      if (from[y * FINE + x]) target[at] = (target[at] ?? 0) + 1;
    }
  }
  const scale = full / (UP * UP);
  for (let i = 0; i < DIGIT_PIXELS; i++) target[i] = (target[i] ?? 0) * scale;
}
