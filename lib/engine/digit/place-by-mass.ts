import { DIGIT_PIXELS, DIGIT_SIDE, type GrayImage } from "#lib/engine/digit/types.ts";

/** Index, counted from 0, that MNIST's centre of mass is at. */
const CENTRE = DIGIT_SIDE / 2;

/**
 * Pastes a small white-on-black image (at most about 20×20, with ink) into 28×28 so that its centre of mass is at index
 * 14, 14. The shift is by whole pixels, as in MNIST: nothing is resampled. What falls outside is cut off.
 * An image whose brightest pixel is under 200 is scaled to reach 255.
 */
export function placeByMass(image: GrayImage): Uint8Array {
  const { width, height, data } = image;
  let mass = 0;
  let massX = 0;
  let massY = 0;
  let max = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const v = data[y * width + x] ?? 0;
      mass += v;
      massX += v * x;
      massY += v * y;
      if (v > max) max = v;
    }
  }
  const offsetX = Math.round(CENTRE - massX / mass);
  const offsetY = Math.round(CENTRE - massY / mass);
  const gain = max > 0 && max < 200 ? 255 / max : 1;
  const pixels = new Uint8Array(DIGIT_PIXELS);
  for (let y = 0; y < height; y++) {
    const row = y + offsetY;
    if (row < 0 || row >= DIGIT_SIDE) continue;
    for (let x = 0; x < width; x++) {
      const column = x + offsetX;
      if (column < 0 || column >= DIGIT_SIDE) continue;
      pixels[row * DIGIT_SIDE + column] = Math.min(255, Math.round((data[y * width + x] ?? 0) * gain));
    }
  }
  return pixels;
}
