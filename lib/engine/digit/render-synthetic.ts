import { generateDigit } from "#lib/engine/digit/generate-digit.ts";
import { placeByMass } from "#lib/engine/digit/place-by-mass.ts";
import { gaussian, mixSeeds, mulberry32, type Random } from "#lib/engine/digit/prng.ts";
import { averageDown, rasterise } from "#lib/engine/digit/rasterise.ts";
import { normaliseStrokes } from "#lib/engine/digit/stroke-geometry.ts";
import { BOX_SIDE, DIGIT_PIXELS, DIGIT_SIDE } from "#lib/engine/digit/types.ts";

export interface SyntheticDigits {
  /** `[count, 28, 28]`, white on black, 0..255. */
  images: Uint8Array;
  /** `[count]`, 0..9. */
  labels: Uint8Array;
}

/**
 * The dataset `synthetic-digits`: every block of ten images holds each digit once, in drawn order. Image `i` depends on the
 * seed and `i` alone, so a longer set starts with the shorter one. The same bytes in every engine.
 * Most images are as the pad would send them; pen, size, place, blur and noise vary about that.
 */
export function renderSynthetic({ seed, count }: { seed: number; count: number }): SyntheticDigits {
  const images = new Uint8Array(count * DIGIT_PIXELS);
  const labels = new Uint8Array(count);
  const block = new Uint8Array(10);
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) shuffleDigits(block, mulberry32(mixSeeds(seed, i)));
    const label = block[i % 10] ?? 0;
    labels[i] = label;
    images.set(renderOne(label, mixSeeds(seed, 0x10000 + i)), i * DIGIT_PIXELS);
  }
  return { images, labels };
}

function renderOne(label: number, seed: number): Uint8Array {
  const { strokes } = generateDigit(label, seed);
  const random = mulberry32(mixSeeds(seed, 77));
  const pen = random() < 0.4 ? 2 : 1.2 + random() * 2.2;
  const box = random() < 0.6 ? BOX_SIDE : BOX_SIDE - 2 + random() * 3;
  const geometry = normaliseStrokes(strokes, box - pen);
  if (!geometry) throw new Error(`template for ${label} has no extent`);
  const pixels = placeByMass(averageDown(rasterise(geometry, pen)));
  const blurred = random() < 0.5 ? blur(pixels, random() * 0.2) : pixels;
  const moved = random() < 0.25 ? shift(blurred, draw3(random), draw3(random)) : blurred;
  return random() < 0.3 ? roughen(moved, 4 + random() * 16, random) : moved;
}

function shuffleDigits(block: Uint8Array, random: Random): void {
  for (let i = 0; i < 10; i++) block[i] = i;
  for (let i = 9; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = block[i] ?? 0;
    block[i] = block[j] ?? 0;
    block[j] = held;
  }
}

/** −1, 0 or 1. */
function draw3(random: Random): number {
  return Math.floor(random() * 3) - 1;
}

/** Mixes each pixel with its four neighbours; `weight` (0..0.2) is the share of each. */
function blur(pixels: Uint8Array, weight: number): Uint8Array {
  const out = new Uint8Array(DIGIT_PIXELS);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    for (let x = 0; x < DIGIT_SIDE; x++) {
      const at = y * DIGIT_SIDE + x;
      const around =
        (x > 0 ? (pixels[at - 1] ?? 0) : 0) +
        (x < DIGIT_SIDE - 1 ? (pixels[at + 1] ?? 0) : 0) +
        (y > 0 ? (pixels[at - DIGIT_SIDE] ?? 0) : 0) +
        (y < DIGIT_SIDE - 1 ? (pixels[at + DIGIT_SIDE] ?? 0) : 0);
      out[at] = Math.round((pixels[at] ?? 0) * (1 - 4 * weight) + around * weight);
    }
  }
  return out;
}

function shift(pixels: Uint8Array, dx: number, dy: number): Uint8Array {
  const out = new Uint8Array(DIGIT_PIXELS);
  for (let y = 0; y < DIGIT_SIDE; y++) {
    for (let x = 0; x < DIGIT_SIDE; x++) {
      const fromX = x - dx;
      const fromY = y - dy;
      if (fromX < 0 || fromX >= DIGIT_SIDE || fromY < 0 || fromY >= DIGIT_SIDE) continue;
      out[y * DIGIT_SIDE + x] = pixels[fromY * DIGIT_SIDE + fromX] ?? 0;
    }
  }
  return out;
}

/** Paper and ink are not even: noise on what is inked, background stays black. */
function roughen(pixels: Uint8Array, sd: number, random: Random): Uint8Array {
  return pixels.map((v) => (v === 0 ? 0 : Math.min(255, Math.max(1, Math.round(v + gaussian(random) * sd)))));
}
