import { IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { toUnit } from "#lib/engine/onnx/predict-all.ts";
import type { DigitSession } from "#lib/engine/onnx/session.ts";

const WARM_UP = 20;

/**
 * Milliseconds that each of `samples` single images takes, per session. The sessions take turns image by image and swap
 * who is first, so that a machine that slows down meanwhile slows all of them alike.
 *
 * @param images uint8, n × 784; taken in turn
 * @returns one row of `samples` times for each session
 */
export async function timeSingles(
  sessions: readonly DigitSession[],
  images: Uint8Array,
  samples: number,
): Promise<Float64Array[]> {
  const count = images.length / IMAGE_PIXELS;
  const times = sessions.map(() => new Float64Array(samples));
  for (let n = -WARM_UP; n < samples; n++) {
    const index = (n + WARM_UP) % count;
    const image = toUnit(images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS));
    for (let turn = 0; turn < sessions.length; turn++) {
      const which = (n + WARM_UP + turn) % sessions.length;
      const began = performance.now();
      await sessions[which]?.predict(image, 1);
      const row = times[which];
      if (n >= 0 && row !== undefined) row[n] = performance.now() - began;
    }
  }
  return times;
}
