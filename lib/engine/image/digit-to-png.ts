import { encode } from "fast-png";
import { IMAGE_PIXELS, IMAGE_SIZE } from "#lib/engine/architectures.ts";

/** A digit's 784 grey bytes as a PNG, for what takes image files. */
export function digitToPng(pixels: Uint8Array): Uint8Array {
  if (pixels.length !== IMAGE_PIXELS) {
    throw new RangeError(`${pixels.length} pixels instead of ${IMAGE_PIXELS}`);
  }
  return encode({ width: IMAGE_SIZE, height: IMAGE_SIZE, data: pixels, depth: 8, channels: 1 });
}
