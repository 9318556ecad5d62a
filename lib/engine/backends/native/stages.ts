import type { Eager, TensorId } from "#lib/engine/backends/native/eager.ts";
import { dropoutKey } from "#lib/engine/dropout.ts";
import type { ConvLayer, DenseLayer, DropoutLayer, FlattenLayer, Network, PoolLayer } from "#lib/engine/network.ts";

/** The weights of one pass, by their index in `Network.params`. */
type Weights = readonly TensorId[];

/** What a stage leaves for its gradient. */
export interface Pass {
  output: TensorId;
  /**
   * Gradient of the output in, gradient of the input out (undefined for the first stage). Gradients of weights go to
   * `gradients` by their index.
   */
  backward(gradient: TensorId, gradients: Map<number, TensorId>): TensorId | undefined;
}

export type Stage = (
  input: TensorId,
  n: number,
  weights: Weights,
  key: { seed: number; step: number } | undefined,
) => Pass;

/**
 * Groups layers into stages, each a few TensorFlow ops forward and back; a convolution takes the pooling behind it along.
 *
 * @throws Error for a pooling layer that does not follow a convolution.
 */
export function planStages(eager: Eager, network: Network): Stage[] {
  return network.layers.flatMap((_, index) => stageAt(eager, network.layers, index));
}

function stageAt(eager: Eager, layers: Network["layers"], index: number): Stage[] {
  const layer = layers[index];
  switch (layer?.type) {
    case "conv2d": {
      const next = layers[index + 1];
      const pool = next?.type === "maxPool2d" ? next : undefined;
      return [index === 0 ? firstConvStage(eager, layer, pool) : innerConvStage(eager, layer, pool)];
    }
    case "maxPool2d":
      if (layers[index - 1]?.type !== "conv2d") throw new Error(`${layer.name}: must directly follow a convolution`);
      return [];
    case "dropout":
      return [dropoutStage(eager, layer)];
    case "flatten":
      return [flattenStage(eager, layer)];
    case "dense":
      return [denseStage(eager, layer)];
    case undefined:
      return [];
  }
}

function weight(weights: Weights, index: number): TensorId {
  const id = weights[index];
  if (id === undefined) throw new Error(`parameter ${index} is missing`);
  return id;
}

/** Our own kernels (kernels/assay_kernels.cc): the images need no gradient. */
function firstConvStage(eager: Eager, layer: ConvLayer, pool: PoolLayer | undefined): Stage {
  const attrs = [eager.int("pool", pool?.poolSize ?? 1)];
  return (images, _n, weights) => {
    const kernel = weight(weights, layer.param);
    const inputs = [images, kernel, weight(weights, layer.param + 1)];
    const [output, winner] = eager.runAll("AssayConvPool", inputs, attrs, 2);
    if (output === undefined || winner === undefined) throw new Error(`${layer.name} gave no output`);
    return {
      output,
      backward: (gradient, gradients) => {
        const given = [images, output, winner, gradient, kernel];
        const made = eager.runAll("AssayConvPoolGrad", given, attrs, 2);
        for (const [at, id] of made.entries()) gradients.set(layer.param + at, id);
        return undefined;
      },
    };
  };
}

/** Bias and relu come after the pooling: the same numbers on a quarter of the elements. */
function innerConvStage(eager: Eager, layer: ConvLayer, pool: PoolLayer | undefined): Stage {
  const ones = [1, 1, 1, 1];
  const format = eager.string("data_format", "NHWC");
  const padding = eager.string("padding", "VALID");
  const conv = [eager.ofFloats, eager.int("strides", ones), eager.int("dilations", ones), padding, format];
  const window = [1, pool?.poolSize ?? 1, pool?.poolSize ?? 1, 1];
  const pooling = [eager.ofFloats, eager.int("ksize", window), eager.int("strides", window), padding, format];
  const noPads = [eager.bool("use_cudnn_on_gpu", false), eager.int("explicit_paddings", [])];
  return (input, n, weights) => {
    const kernel = weight(weights, layer.param);
    const full = eager.run("Conv2D", [input, kernel], [...conv, ...noPads]);
    const pooled = pool ? eager.run("MaxPool", [full], [...pooling, eager.int("explicit_paddings", [])]) : full;
    const biased = eager.run("BiasAdd", [pooled, weight(weights, layer.param + 1)], [eager.ofFloats, format]);
    const output = eager.run("Relu", [biased], [eager.ofFloats]);
    return {
      output,
      backward: (gradient, gradients) => {
        const inner = eager.run("ReluGrad", [gradient, output], [eager.ofFloats]);
        gradients.set(layer.param + 1, eager.run("BiasAddGrad", [inner], [eager.ofFloats, format]));
        const spread = pool
          ? eager.run("MaxPoolGrad", [full, pooled, inner], [...pooling, eager.int("explicit_paddings", [])])
          : inner;
        const side = layer.kernelSize;
        const kernelShape = eager.ints([side, side, layer.input[2], layer.output[2]]);
        const attrs = [...conv, ...noPads];
        gradients.set(layer.param, eager.run("Conv2DBackpropFilter", [input, kernelShape, spread], attrs));
        return eager.run("Conv2DBackpropInput", [eager.ints([n, ...layer.input]), kernel, spread], attrs);
      },
    };
  };
}

/** The gradient is the same op with the same key: the mask is drawn again instead of being kept. */
function dropoutStage(eager: Eager, layer: DropoutLayer): Stage {
  const attrs = [eager.real("rate", layer.rate)];
  return (input, _n, _weights, key) => {
    if (!key) return { output: input, backward: (gradient) => gradient };
    const mask = eager.ints([dropoutKey(key.seed, key.step, layer.index)], []);
    const drop = (values: TensorId): TensorId => eager.run("AssayDropout", [values, mask], attrs);
    return { output: drop(input), backward: drop };
  };
}

function flattenStage(eager: Eager, layer: FlattenLayer): Stage {
  const attrs = [eager.ofFloats, eager.type("Tshape", eager.binding.TF_INT32)];
  return (input, n) => ({
    output: eager.run("Reshape", [input, eager.ints([n, ...layer.output])], attrs),
    backward: (gradient) => eager.run("Reshape", [gradient, eager.ints([n, ...layer.input])], attrs),
  });
}

/** Logits for a softmax layer: the softmax belongs to the loss. */
function denseStage(eager: Eager, layer: DenseLayer): Stage {
  const format = eager.string("data_format", "NHWC");
  const matmul = (a: TensorId, b: TensorId, turnA: boolean, turnB: boolean): TensorId =>
    eager.run("MatMul", [a, b], [eager.ofFloats, eager.bool("transpose_a", turnA), eager.bool("transpose_b", turnB)]);
  return (input, _n, weights) => {
    const kernel = weight(weights, layer.param);
    const product = matmul(input, kernel, false, false);
    const biased = eager.run("BiasAdd", [product, weight(weights, layer.param + 1)], [eager.ofFloats, format]);
    const output = layer.activation === "relu" ? eager.run("Relu", [biased], [eager.ofFloats]) : biased;
    return {
      output,
      backward: (gradient, gradients) => {
        const inner =
          layer.activation === "relu" ? eager.run("ReluGrad", [gradient, output], [eager.ofFloats]) : gradient;
        gradients.set(layer.param, matmul(input, inner, true, false));
        gradients.set(layer.param + 1, eager.run("BiasAddGrad", [inner], [eager.ofFloats, format]));
        return matmul(inner, kernel, false, true);
      },
    };
  };
}
