import { hashKey, mix } from "#lib/engine/random.ts";

const DROPOUT = 2;

/**
 * The 32-bit key of a mask, signed.
 *
 * @param step counted from 1
 * @param layer position of the layer in the network
 */
export function dropoutKey(seed: number, step: number, layer: number): number {
  return hashKey(seed, DROPOUT, step, layer) | 0;
}

/**
 * Factors of a dropout layer: 0 with probability `rate`, else 1 / (1 - rate). Each factor depends on the key and its own
 * position alone; the native engine's kernel draws the very same. The rate is rounded to 1/65536, one half of a 32-bit
 * draw deciding one unit.
 */
export function dropoutMask(size: number, rate: number, key: number): Float32Array {
  const mask = new Float32Array(size);
  const kept = 1 / (1 - Math.fround(rate));
  const threshold = Math.floor(Math.fround(rate) * 65536 + 0.5);
  for (let i = 0; i < size; i += 2) {
    const bits = mix(key + Math.imul(i >>> 1, 0x9e3779b9));
    mask[i] = (bits & 0xffff) < threshold ? 0 : kept;
    if (i + 1 < size) mask[i + 1] = bits >>> 16 < threshold ? 0 : kept;
  }
  return mask;
}
