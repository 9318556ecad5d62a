import {
  addBias,
  columnSums,
  type Pooled,
  poolBiasRelu,
  pooledConvGradients,
  transpose,
  type Window,
} from "#lib/engine/backends/wasm/kernels.ts";
import type { WasmMath } from "#lib/engine/backends/wasm/tensors.ts";
import { dropoutKey, dropoutMask } from "#lib/engine/dropout.ts";
import type { ConvLayer, DenseLayer, DropoutLayer, Network, PoolLayer } from "#lib/engine/network.ts";

/** Kernel and bias of a layer in the order that suits the engine; `gradients` after each backward pass. */
interface StageParams {
  /** Index of the kernel in `Network.params`; the bias follows. */
  param: number;
  kernel: Float32Array;
  bias: Float32Array;
  gradients: { kernel: Float32Array; bias: Float32Array } | undefined;
}

/** Which step's dropout applies; absent when predicting. */
interface StepKey {
  seed: number;
  step: number;
}

/** One or more layers computed together. `backward` belongs to the latest `forward` with a step key. */
export interface Stage {
  params?: StageParams;
  forward(input: Float32Array, n: number, key: StepKey | undefined): Float32Array;
  /** Gradient of the output in, gradient of the input out; undefined for the first stage. */
  backward(gradient: Float32Array, n: number): Float32Array | undefined;
}

/**
 * Groups layers into stages: a convolution takes the pooling behind it along; the flatten changes nothing in memory.
 *
 * @throws Error for a pooling layer that does not follow a convolution.
 */
export function planStages(network: Network, weights: readonly Float32Array[], math: WasmMath): Stage[] {
  const stages: Stage[] = [];
  const { layers } = network;
  layers.forEach((layer, index) => {
    const isFirst = stages.length === 0;
    switch (layer.type) {
      case "conv2d": {
        const next = layers[index + 1];
        const pool = next?.type === "maxPool2d" ? next : undefined;
        stages.push(new ConvStage(layer, pool, paramsAt(weights, layer.param), math, isFirst));
        return;
      }
      case "maxPool2d":
        if (layers[index - 1]?.type !== "conv2d") throw new Error(`${layer.name}: must directly follow a convolution`);
        return;
      case "dropout":
        stages.push(new DropoutStage(layer));
        return;
      case "dense":
        stages.push(new DenseStage(layer, paramsAt(weights, layer.param), math, isFirst));
        return;
      case "flatten":
        return;
    }
  });
  return stages;
}

function paramsAt(weights: readonly Float32Array[], param: number): StageParams {
  const kernel = weights[param];
  const bias = weights[param + 1];
  if (!kernel || !bias) throw new Error(`parameter ${param} is missing`);
  return { param, kernel: kernel.slice(), bias: bias.slice(), gradients: undefined };
}

class ConvStage implements Stage {
  readonly params: StageParams;
  readonly #layer: ConvLayer;
  readonly #window: Window;
  readonly #math: WasmMath;
  readonly #isFirst: boolean;
  #last: { input: Float32Array; pooled: Pooled } | undefined;

  constructor(layer: ConvLayer, pool: PoolLayer | undefined, params: StageParams, math: WasmMath, isFirst: boolean) {
    this.#layer = layer;
    const [height, width] = pool ? pool.output : layer.output;
    this.#window = { size: pool?.poolSize ?? 1, height, width };
    this.params = params;
    this.#math = math;
    this.#isFirst = isFirst;
  }

  forward(input: Float32Array, n: number, key: StepKey | undefined): Float32Array {
    const layer = this.#layer;
    const { kernel, bias } = this.params;
    const side = layer.kernelSize;
    let pooled: Pooled | undefined;
    this.#math.conv2d(input, [n, ...layer.input], kernel, [side, side, layer.input[2], layer.output[2]], (conv) => {
      pooled = poolBiasRelu(conv, bias, layer, this.#window, n);
    });
    if (!pooled) throw new Error(`${layer.name}: the convolution gave no output`);
    this.#last = key ? { input, pooled } : undefined;
    return pooled.values;
  }

  backward(gradient: Float32Array, n: number): Float32Array | undefined {
    if (!this.#last) throw new Error(`${this.#layer.name}: backward without forward`);
    const { input, pooled } = this.#last;
    const inputGradient = this.#isFirst ? undefined : new Float32Array(input.length);
    const { kernel } = this.params;
    const window = this.#window;
    this.params.gradients = pooledConvGradients(input, kernel, pooled, gradient, this.#layer, window, n, inputGradient);
    return inputGradient;
  }
}

class DropoutStage implements Stage {
  readonly #layer: DropoutLayer;
  #mask: Float32Array | undefined;

  constructor(layer: DropoutLayer) {
    this.#layer = layer;
  }

  forward(input: Float32Array, _n: number, key: StepKey | undefined): Float32Array {
    if (!key) return input;
    const mask = dropoutMask(input.length, this.#layer.rate, dropoutKey(key.seed, key.step, this.#layer.index));
    this.#mask = mask;
    return multiply(input, mask);
  }

  backward(gradient: Float32Array): Float32Array {
    if (!this.#mask) throw new Error(`${this.#layer.name}: backward without forward`);
    return multiply(gradient, this.#mask);
  }
}

/**
 * Keeps its kernel as `[out, in]`: both gradients are then plain products of row-major matrices, and only the forward
 * pass needs the kernel turned.
 */
class DenseStage implements Stage {
  readonly params: StageParams;
  readonly #layer: DenseLayer;
  readonly #math: WasmMath;
  readonly #isFirst: boolean;
  #last: { input: Float32Array; output: Float32Array } | undefined;

  constructor(layer: DenseLayer, params: StageParams, math: WasmMath, isFirst: boolean) {
    this.#layer = layer;
    this.params = { ...params, kernel: transpose(params.kernel, layer.input[0], layer.output[0]) };
    this.#math = math;
    this.#isFirst = isFirst;
  }

  /** Logits for a softmax layer: the softmax belongs to the loss. */
  forward(input: Float32Array, n: number, key: StepKey | undefined): Float32Array {
    const [inputs] = this.#layer.input;
    const [units] = this.#layer.output;
    const kernel = transpose(this.params.kernel, units, inputs);
    const output = this.#math.matmul(input, kernel, n, inputs, units);
    addBias(output, this.params.bias, this.#layer.activation === "relu");
    this.#last = key ? { input, output } : undefined;
    return output;
  }

  backward(gradient: Float32Array, n: number): Float32Array | undefined {
    if (!this.#last) throw new Error(`${this.#layer.name}: backward without forward`);
    const { input, output } = this.#last;
    const [inputs] = this.#layer.input;
    const [units] = this.#layer.output;
    const before =
      this.#layer.activation === "relu" ? gradient.map((value, i) => (output[i] === 0 ? 0 : value)) : gradient;
    this.params.gradients = {
      kernel: this.#math.matmul(transpose(before, n, units), input, units, n, inputs),
      bias: columnSums(before, units),
    };
    return this.#isFirst ? undefined : this.#math.matmul(before, this.params.kernel, n, units, inputs);
  }
}

function multiply(values: Float32Array, factors: Float32Array): Float32Array {
  const product = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) product[i] = (values[i] ?? 0) * (factors[i] ?? 0);
  return product;
}
