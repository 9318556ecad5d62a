import type { Network } from "#lib/engine/network.ts";
import { hashKey, randomStream } from "#lib/engine/random.ts";

const INIT = 1;

/**
 * First weights as Keras chooses them: kernels Glorot uniform, ±√(6 / (fan in + fan out)), biases zero.
 * The seed alone decides them, so that both engines start from the same network.
 */
export function initWeights(network: Network, seed: number): Float32Array[] {
  return network.params.map((param, index) => {
    const values = new Float32Array(param.size);
    if (param.role === "bias") return values;
    const limit = Math.sqrt(6 / (param.fanIn + param.fanOut));
    const next = randomStream(hashKey(seed, INIT, index));
    for (let i = 0; i < values.length; i++) values[i] = (2 * next() - 1) * limit;
    return values;
  });
}
