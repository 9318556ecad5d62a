import { hashKey, randomStream } from "#lib/engine/random.ts";

const DROPOUT = 2;

/**
 * Factors of a dropout layer: 0 with probability `rate`, else 1 / (1 - rate). The same (seed, step, layer) gives the
 * same mask, whatever was drawn before. The rate is rounded to 1/65536, one half of a 32-bit draw deciding one unit.
 *
 * @param step counted from 1
 * @param layer position of the layer in the network
 */
export function dropoutMask(size: number, rate: number, seed: number, step: number, layer: number): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - rate);
  const threshold = Math.round(rate * 65536);
  const next = randomStream(hashKey(seed, DROPOUT, step, layer));
  for (let i = 0; i < size; i += 2) {
    const bits = (next() * 4294967296) >>> 0;
    mask[i] = (bits & 0xffff) < threshold ? 0 : kept;
    if (i + 1 < size) mask[i + 1] = bits >>> 16 < threshold ? 0 : kept;
  }
  return mask;
}
