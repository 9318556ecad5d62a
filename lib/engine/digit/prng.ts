/** Draws uniformly from [0, 1). */
export type Random = () => number;

/**
 * Mulberry32 (Tommy Ettinger, public domain): 32 bits of state, integer arithmetic only, so that a seed gives the same
 * numbers in every JavaScript engine. Not for secrets.
 */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 4294967296;
  };
}

/** Mixes two integers to one 32-bit seed (MurmurHash3's finaliser), for a stream of its own per item. */
export function mixSeeds(a: number, b: number): number {
  let h = Math.imul((a >>> 0) ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b >>> 0, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * About normal (mean 0, standard deviation 1, cut off at ±3.5): the sum of twelve uniforms. Chosen over Box–Muller because
 * `Math.log` and `Math.cos` may differ in the last bit between engines and additions may not.
 */
export function gaussian(random: Random): number {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += random();
  return Math.max(-3.5, Math.min(3.5, sum));
}
