import { layerWeights, type Network, type NetworkLayer } from "#lib/engine/network.ts";

/**
 * The network in the plainest possible form, in double precision: what engines and exporters are checked against.
 * Slow; for tests only.
 *
 * @param image `[28, 28, 1]` values in 0..1
 * @param masks factors to multiply a dropout layer's input with, by layer index; absent: no dropout
 * @returns probabilities
 */
export function plainForward(
  network: Network,
  weights: readonly Float32Array[],
  image: ArrayLike<number>,
  masks: ReadonlyMap<number, ArrayLike<number>> = new Map(),
): Float64Array {
  let values = Float64Array.from(image);
  for (const layer of network.layers) values = plainLayer(layer, weights, values, masks);
  return values;
}

function plainLayer(
  layer: NetworkLayer,
  weights: readonly Float32Array[],
  input: Float64Array<ArrayBuffer>,
  masks: ReadonlyMap<number, ArrayLike<number>>,
): Float64Array<ArrayBuffer> {
  const size = layer.output.reduce((product, side) => product * side, 1);
  const output = new Float64Array(size);
  const at = (array: ArrayLike<number>, index: number): number => {
    const value = array[index];
    if (value === undefined) throw new Error(`${layer.name}: ${index} is outside`);
    return value;
  };
  switch (layer.type) {
    case "conv2d": {
      const { kernel, bias } = layerWeights(weights, layer);
      const [, width, inputs] = layer.input;
      const [outHeight, outWidth, outputs] = layer.output;
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          for (let to = 0; to < outputs; to++) {
            let sum = at(bias, to);
            for (let i = 0; i < layer.kernelSize; i++) {
              for (let j = 0; j < layer.kernelSize; j++) {
                for (let from = 0; from < inputs; from++) {
                  const pixel = at(input, ((y + i) * width + x + j) * inputs + from);
                  sum += pixel * at(kernel, ((i * layer.kernelSize + j) * inputs + from) * outputs + to);
                }
              }
            }
            output[(y * outWidth + x) * outputs + to] = Math.max(0, sum);
          }
        }
      }
      return output;
    }
    case "maxPool2d": {
      const [, width, channels] = layer.input;
      const [outHeight, outWidth] = layer.output;
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          for (let c = 0; c < channels; c++) {
            let best = Number.NEGATIVE_INFINITY;
            for (let i = 0; i < layer.poolSize; i++) {
              for (let j = 0; j < layer.poolSize; j++) {
                const index = ((y * layer.poolSize + i) * width + x * layer.poolSize + j) * channels + c;
                best = Math.max(best, at(input, index));
              }
            }
            output[(y * outWidth + x) * channels + c] = best;
          }
        }
      }
      return output;
    }
    case "dropout": {
      const mask = masks.get(layer.index);
      return mask ? input.map((value, index) => value * at(mask, index)) : input;
    }
    case "flatten":
      return input;
    case "dense": {
      const { kernel, bias } = layerWeights(weights, layer);
      const units = layer.output[0];
      for (let unit = 0; unit < units; unit++) {
        let sum = at(bias, unit);
        for (let from = 0; from < layer.input[0]; from++) sum += at(input, from) * at(kernel, from * units + unit);
        output[unit] = layer.activation === "relu" ? Math.max(0, sum) : sum;
      }
      if (layer.activation === "relu") return output;
      const highest = Math.max(...output);
      const exponents = output.map((logit) => Math.exp(logit - highest));
      const total = exponents.reduce((sum, value) => sum + value, 0);
      return exponents.map((value) => value / total);
    }
  }
}
