import { IMAGE_PIXELS, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { hashKey, randomStream } from "#lib/engine/random.ts";

/**
 * Easy made-up "digits" for quick tests: each label is a bright bar at its own row and column, with noise on top.
 * A network that learns at all learns them within an epoch or two.
 *
 * @returns uint8 pixels, `count` × 784, and labels 0..9, balanced
 */
export function sampleImages(count: number, seed: number): { images: Uint8Array; labels: Uint8Array } {
  const images = new Uint8Array(count * IMAGE_PIXELS);
  const labels = new Uint8Array(count);
  const next = randomStream(hashKey(seed, 77));
  for (let n = 0; n < count; n++) {
    const label = n % 10;
    labels[n] = label;
    const offset = n * IMAGE_PIXELS;
    for (let i = 0; i < IMAGE_PIXELS; i++) images[offset + i] = Math.floor(next() * 60);
    const row = 4 + Math.floor(label / 5) * 12 + Math.floor(next() * 3);
    const column = 2 + (label % 5) * 5 + Math.floor(next() * 2);
    for (let y = 0; y < 7; y++) {
      for (let x = 0; x < 3; x++) images[offset + (row + y) * IMAGE_SIZE + column + x] = 180 + Math.floor(next() * 76);
    }
  }
  return { images, labels };
}

/** uint8 pixels to the 0..1 the networks read. */
export function toUnit(images: Uint8Array): Float32Array {
  return Float32Array.from(images, (value) => value / 255);
}
