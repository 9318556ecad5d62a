/**
 * Stateless random numbers: the same key gives the same numbers on every machine and in every order of calls, so that a
 * resumed run draws what the uninterrupted one would have drawn.
 */

/** Mixes integers into one 32-bit key (murmur3's finaliser over each). */
export function hashKey(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = mix((hash ^ Math.imul(part | 0, 0x85ebca6b)) + 0x6d2b79f5);
  }
  return hash >>> 0;
}

/** Murmur3's finaliser: every bit of the result depends on every bit of the value. Signed 32 bits. */
export function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) | 0;
}

/** A generator of numbers in [0, 1) with 32 bits each (sfc32), started from a key. */
export function randomStream(key: number): () => number {
  let a = mix(key);
  let b = mix(key ^ 0x3c6ef372);
  let c = mix(key ^ 0xdaa66d2b);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return (sum >>> 0) / 4294967296;
  };
  for (let warmUp = 0; warmUp < 12; warmUp++) next();
  return next;
}

/** The numbers 0..n-1 in an order that depends only on the key (Fisher–Yates). */
export function shuffledIndices(n: number, key: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  const next = randomStream(key);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    const swapped = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = swapped;
  }
  return order;
}
