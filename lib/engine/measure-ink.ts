import { IMAGE_PIXELS } from "#lib/engine/architectures.ts";

/** One value 0..1 an image. */
export interface InkMeasures {
  /** Share of pixels that are at least half bright: how much is written. */
  ink: Float64Array;
  /** Mean brightness of the pixels that are not black, 0 for an empty image: how strongly it is written. */
  brightness: Float64Array;
}

/** Images between which other work of the process gets its turn: about 10 ms. */
const AT_ONCE = 10_000;

/**
 * What drift of digit images is measured by.
 *
 * @param images uint8, n × 784, white ink on black
 */
export async function measureInk(images: Uint8Array): Promise<InkMeasures> {
  const count = images.length / IMAGE_PIXELS;
  const ink = new Float64Array(count);
  const brightness = new Float64Array(count);
  for (let n = 0; n < count; n++) {
    let bright = 0;
    let written = 0;
    let sum = 0;
    for (let i = n * IMAGE_PIXELS; i < (n + 1) * IMAGE_PIXELS; i++) {
      const value = images[i] ?? 0;
      if (value >= 128) bright++;
      if (value > 0) written++;
      sum += value;
    }
    ink[n] = bright / IMAGE_PIXELS;
    brightness[n] = written === 0 ? 0 : sum / written / 255;
    if (n % AT_ONCE === AT_ONCE - 1) await new Promise((resolve) => setImmediate(resolve));
  }
  return { ink, brightness };
}
