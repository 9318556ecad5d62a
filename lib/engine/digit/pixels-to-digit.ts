import { refuse } from "#lib/engine/digit/refusals.ts";
import { DIGIT_PIXELS, type DigitResult } from "#lib/engine/digit/types.ts";

/**
 * Checks the `pixels` form of a request: 784 numbers 0..255, row-major, white on black. They are taken as they are, rounded
 * to bytes; no crop, no inversion. All zeros pass (it is the caller's image); ink with no value above 1 is somebody's
 * 0..1 scale and refused.
 */
export function pixelsToDigit(values: readonly number[]): DigitResult {
  if (values.length !== DIGIT_PIXELS) {
    return refuse("bad_pixel_count", `pixels must hold 784 numbers (28×28, row by row), got ${values.length}.`);
  }
  const pixels = new Uint8Array(DIGIT_PIXELS);
  let max = 0;
  for (let i = 0; i < DIGIT_PIXELS; i++) {
    const value = values[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return refuse("bad_pixel_value", `pixels[${i}] must be a finite number.`);
    }
    if (value < 0 || value > 255)
      return refuse("pixel_range", `pixels[${i}] is ${value}; pixels must be from 0 to 255.`);
    if (value > max) max = value;
    pixels[i] = Math.round(value);
  }
  if (max > 0 && max <= 1) {
    return refuse("pixel_range", `The largest of the pixels is ${max}; they must be from 0 to 255, not 0 to 1.`);
  }
  return { ok: true, pixels };
}
