import { gaussian, type Random } from "#lib/engine/digit/prng.ts";
import { changeStrokeWidth } from "#lib/engine/digit/stroke-width.ts";
import { DIGIT_PIXELS, DIGIT_SIDE } from "#lib/engine/digit/types.ts";

/** Ranges are half-widths about "no change"; probabilities are 0..1. */
export interface AugmentOptions {
  /** Share of images left exactly as they are. */
  clean: number;
  rotateDegrees: number;
  /** Scale is drawn from 1 − `scale` to 1 + `scale`. */
  scale: number;
  shear: number;
  shiftPixels: number;
  /** Probability of a thinner pen; the same again for a thicker one. */
  strokeWidth: number;
  /** Standard deviation of the elastic displacement, in pixels. Simard's α = 34, σ = 4 is about 1.4. */
  elasticPixels: number;
  /** Probability of a lower contrast (gain 0.6..1) and, apart, of a slight blur (σ ≤ 0.7). */
  contrast: number;
  blur: number;
  /** Probability of moving the centre of mass back to 14, 14 afterwards, as the pad does. */
  recentre: number;
}

const DEFAULT_AUGMENT: AugmentOptions = {
  clean: 0.2,
  rotateDegrees: 12,
  scale: 0.15,
  shear: 0.15,
  shiftPixels: 2,
  strokeWidth: 0.2,
  elasticPixels: 0.6,
  contrast: 0.2,
  blur: 0.15,
  recentre: 0.5,
};

const scratch = new Float32Array(DIGIT_PIXELS);
const warped = new Float32Array(DIGIT_PIXELS);
/** Nodes of the displacement grid along an axis; 5.4 pixels apart, about the smoothness of σ = 4. */
const NODES = 6;
const field = new Float32Array(2 * NODES * NODES);

/**
 * Returns `count` changed copies of `[count, 28, 28]` images; the input is not touched. Values keep the input's scale:
 * 0..255 for bytes, 0..1 for floats. The same generator state gives the same batch.
 */
export function augmentBatch<T extends Float32Array | Uint8Array>(
  images: T,
  count: number,
  random: Random,
  options: Partial<AugmentOptions> = {},
): T {
  if (images.length < count * DIGIT_PIXELS) {
    throw new RangeError(`${count} images need ${count * DIGIT_PIXELS} values, got ${images.length}`);
  }
  const chosen: AugmentOptions = { ...DEFAULT_AUGMENT, ...options };
  const full = images instanceof Uint8Array ? 255 : 1;
  const out = images.slice(0, count * DIGIT_PIXELS);
  for (let i = 0; i < count; i++) {
    if (random() < chosen.clean) continue;
    augmentOne(out.subarray(i * DIGIT_PIXELS, (i + 1) * DIGIT_PIXELS), full, random, chosen);
  }
  // `slice` of a T is a T; its declared type has lost that.
  return out as T;
}

function augmentOne(image: Float32Array | Uint8Array, full: number, random: Random, options: AugmentOptions): void {
  const pen = random();
  if (pen < options.strokeWidth) changeStrokeWidth(image, scratch, full, random() < 0.5 ? -1 : -0.5);
  else if (pen < 2 * options.strokeWidth) changeStrokeWidth(image, scratch, full, random() < 0.5 ? 1 : 0.5);
  else scratch.set(image);
  warp(scratch, warped, random, options);
  if (random() < options.blur) blur(warped, random() * 0.15);
  const gain = random() < options.contrast ? 0.6 + 0.4 * random() : 1;
  const recentre = random() < options.recentre;
  const [dx, dy] = recentre ? massShift(warped) : [0, 0];
  const round = full === 255;
  for (let y = 0; y < DIGIT_SIDE; y++) {
    for (let x = 0; x < DIGIT_SIDE; x++) {
      const fromX = x - dx;
      const fromY = y - dy;
      const inside = fromX >= 0 && fromX < DIGIT_SIDE && fromY >= 0 && fromY < DIGIT_SIDE;
      const value = inside ? (warped[fromY * DIGIT_SIDE + fromX] ?? 0) * gain : 0;
      image[y * DIGIT_SIDE + x] = round ? Math.round(value) : value;
    }
  }
}

/** Affine and elastic in one bilinear resampling, about the centre of mass's place (14, 14). */
function warp(source: Float32Array, target: Float32Array, random: Random, options: AugmentOptions): void {
  const between = (half: number) => (2 * random() - 1) * half;
  const angle = (between(options.rotateDegrees) * Math.PI) / 180;
  const size = 1 / (1 + between(options.scale));
  const shear = between(options.shear);
  const shiftX = between(options.shiftPixels);
  const shiftY = between(options.shiftPixels);
  const cos = Math.cos(angle) * size;
  const sin = Math.sin(angle) * size;
  const a = cos;
  const b = cos * shear - sin;
  const c = sin;
  const d = sin * shear + cos;
  const elastic = options.elasticPixels > 0;
  if (elastic) for (let i = 0; i < field.length; i++) field[i] = gaussian(random) * options.elasticPixels * 1.4;

  const middle = DIGIT_SIDE / 2;
  const pitch = (NODES - 1) / (DIGIT_SIDE - 1);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    const v = y - middle - shiftY;
    const gridY = Math.min(NODES - 2, Math.floor(y * pitch));
    const ty = smooth(y * pitch - gridY);
    for (let x = 0; x < DIGIT_SIDE; x++) {
      const u = x - middle - shiftX;
      let fromX = a * u + b * v + middle;
      let fromY = c * u + d * v + middle;
      if (elastic) {
        const gridX = Math.min(NODES - 2, Math.floor(x * pitch));
        const tx = smooth(x * pitch - gridX);
        const at = gridY * NODES + gridX;
        fromX += mix(field, at, tx, ty);
        fromY += mix(field, at + NODES * NODES, tx, ty);
      }
      target[y * DIGIT_SIDE + x] = sample(source, fromX, fromY);
    }
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

function mix(grid: Float32Array, at: number, tx: number, ty: number): number {
  const top = (grid[at] ?? 0) * (1 - tx) + (grid[at + 1] ?? 0) * tx;
  const bottom = (grid[at + NODES] ?? 0) * (1 - tx) + (grid[at + NODES + 1] ?? 0) * tx;
  return top * (1 - ty) + bottom * ty;
}

function sample(source: Float32Array, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  if (x0 < -1 || y0 < -1 || x0 >= DIGIT_SIDE || y0 >= DIGIT_SIDE) return 0;
  const tx = x - x0;
  const ty = y - y0;
  const at = y0 * DIGIT_SIDE + x0;
  const hasLeft = x0 >= 0;
  const hasRight = x0 + 1 < DIGIT_SIDE;
  let value = 0;
  if (y0 >= 0) {
    if (hasLeft) value += (source[at] ?? 0) * (1 - tx) * (1 - ty);
    if (hasRight) value += (source[at + 1] ?? 0) * tx * (1 - ty);
  }
  if (y0 + 1 < DIGIT_SIDE) {
    if (hasLeft) value += (source[at + DIGIT_SIDE] ?? 0) * (1 - tx) * ty;
    if (hasRight) value += (source[at + DIGIT_SIDE + 1] ?? 0) * tx * ty;
  }
  return value;
}

/** Mixes with the four neighbours, in place, row by row; `weight` up to 0.15 is about σ = 0.7 pixels. */
function blur(image: Float32Array, weight: number): void {
  scratch.set(image);
  for (let y = 1; y < DIGIT_SIDE - 1; y++) {
    for (let x = 1; x < DIGIT_SIDE - 1; x++) {
      const at = y * DIGIT_SIDE + x;
      const around =
        (scratch[at - 1] ?? 0) +
        (scratch[at + 1] ?? 0) +
        (scratch[at - DIGIT_SIDE] ?? 0) +
        (scratch[at + DIGIT_SIDE] ?? 0);
      image[at] = (scratch[at] ?? 0) * (1 - 4 * weight) + around * weight;
    }
  }
}

function massShift(image: Float32Array): [number, number] {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  for (let i = 0; i < DIGIT_PIXELS; i++) {
    const v = image[i] ?? 0;
    mass += v;
    massX += v * (i % DIGIT_SIDE);
    massY += v * Math.floor(i / DIGIT_SIDE);
  }
  if (mass <= 0) return [0, 0];
  return [Math.round(DIGIT_SIDE / 2 - massX / mass), Math.round(DIGIT_SIDE / 2 - massY / mass)];
}
