import { type Architecture, IMAGE_SIZE, type LayerSpec } from "#lib/engine/architectures.ts";

/** A trainable tensor. Kernels of convolutions are `[height, width, in, out]`, of dense layers `[in, out]`. */
interface ParamPlan {
  name: string;
  role: "kernel" | "bias";
  shape: readonly number[];
  size: number;
  fanIn: number;
  fanOut: number;
}

/** `[height, width, channels]`, or `[units]` after the flatten. */
type LayerShape = readonly [number, number, number] | readonly [number];

interface Planned {
  name: string;
  /** Position in the list of layers; part of the key of its random numbers. */
  index: number;
  input: LayerShape;
  output: LayerShape;
}

export interface ConvLayer extends Planned {
  type: "conv2d";
  kernelSize: number;
  input: readonly [number, number, number];
  output: readonly [number, number, number];
  /** Index of the kernel in `Network.params`; its bias follows it. */
  param: number;
}
export interface PoolLayer extends Planned {
  type: "maxPool2d";
  poolSize: number;
  input: readonly [number, number, number];
  output: readonly [number, number, number];
}
export interface DropoutLayer extends Planned {
  type: "dropout";
  rate: number;
}
export interface FlattenLayer extends Planned {
  type: "flatten";
}
export interface DenseLayer extends Planned {
  type: "dense";
  activation: "relu" | "softmax";
  input: readonly [number];
  output: readonly [number];
  param: number;
}
export type NetworkLayer = ConvLayer | PoolLayer | DropoutLayer | FlattenLayer | DenseLayer;

/** An architecture with every shape worked out. Weights travel as one `Float32Array` per entry of `params`, in order. */
export interface Network {
  name: string;
  layers: readonly NetworkLayer[];
  params: readonly ParamPlan[];
  paramCount: number;
  classes: number;
}

const KIND_NAMES: Record<LayerSpec["type"], string> = {
  conv2d: "conv2d",
  maxPool2d: "max_pooling2d",
  dropout: "dropout",
  flatten: "flatten",
  dense: "dense",
};

/**
 * Works out shapes and parameters of an architecture on `[28, 28, 1]` images.
 *
 * @throws Error when layers do not fit: a dense layer before the flatten, a softmax that is not last, an image used up.
 */
export function planNetwork(architecture: Architecture): Network {
  const layers: NetworkLayer[] = [];
  const params: ParamPlan[] = [];
  const counts = new Map<string, number>();
  let shape: LayerShape = [IMAGE_SIZE, IMAGE_SIZE, 1];

  architecture.layers.forEach((spec, index) => {
    const count = (counts.get(spec.type) ?? 0) + 1;
    counts.set(spec.type, count);
    const layer = planLayer(spec, { name: `${KIND_NAMES[spec.type]}_${count}`, index, input: shape }, params);
    const isLast = index === architecture.layers.length - 1;
    if ((layer.type === "dense" && layer.activation === "softmax") !== isLast) {
      throw new Error(`${architecture.name}: the last layer, and only the last, must be a dense softmax`);
    }
    layers.push(layer);
    shape = layer.output;
  });

  const [classes = 0] = shape;
  return {
    name: architecture.name,
    layers,
    params,
    paramCount: params.reduce((sum, param) => sum + param.size, 0),
    classes,
  };
}

function planLayer(
  spec: LayerSpec,
  base: { name: string; index: number; input: LayerShape },
  params: ParamPlan[],
): NetworkLayer {
  const { input } = base;
  switch (spec.type) {
    case "conv2d": {
      const [height, width, channels] = asImage(base.name, input);
      const output = [height - spec.kernelSize + 1, width - spec.kernelSize + 1, spec.filters] as const;
      if (output[0] < 1) throw new Error(`${base.name}: a ${spec.kernelSize}-pixel kernel is larger than its input`);
      const area = spec.kernelSize * spec.kernelSize;
      const param = addParams(params, base.name, {
        shape: [spec.kernelSize, spec.kernelSize, channels, spec.filters],
        fanIn: area * channels,
        fanOut: area * spec.filters,
        units: spec.filters,
      });
      const kernelSize = spec.kernelSize;
      return { ...base, type: "conv2d", kernelSize, input: [height, width, channels], output, param };
    }
    case "maxPool2d": {
      const [height, width, channels] = asImage(base.name, input);
      const output = [Math.floor(height / spec.poolSize), Math.floor(width / spec.poolSize), channels] as const;
      if (output[0] < 1) throw new Error(`${base.name}: windows of ${spec.poolSize} are larger than their input`);
      return { ...base, type: "maxPool2d", poolSize: spec.poolSize, input: [height, width, channels], output };
    }
    case "dropout":
      return { ...base, type: "dropout", rate: spec.rate, output: input };
    case "flatten":
      return { ...base, type: "flatten", output: [input.reduce((product, side) => product * side, 1)] };
    case "dense": {
      if (input.length !== 1) throw new Error(`${base.name}: a dense layer needs a flatten before it`);
      const param = addParams(params, base.name, {
        shape: [input[0], spec.units],
        fanIn: input[0],
        fanOut: spec.units,
        units: spec.units,
      });
      return { ...base, type: "dense", activation: spec.activation, input, output: [spec.units], param };
    }
  }
}

function asImage(name: string, shape: LayerShape): readonly [number, number, number] {
  if (shape.length !== 3) throw new Error(`${name}: needs an image as its input, not a flat vector`);
  return shape;
}

function addParams(
  params: ParamPlan[],
  layer: string,
  plan: { shape: number[]; fanIn: number; fanOut: number; units: number },
): number {
  const { shape, fanIn, fanOut, units } = plan;
  const size = shape.reduce((product, side) => product * side, 1);
  params.push({ name: `${layer}/kernel`, role: "kernel", shape, size, fanIn, fanOut });
  params.push({ name: `${layer}/bias`, role: "bias", shape: [units], size: units, fanIn, fanOut });
  return params.length - 2;
}

/**
 * The kernel and bias of a layer.
 *
 * @throws Error when the weights do not match the network.
 */
export function layerWeights(
  weights: readonly Float32Array[],
  layer: ConvLayer | DenseLayer,
): { kernel: Float32Array; bias: Float32Array } {
  const kernel = weights[layer.param];
  const bias = weights[layer.param + 1];
  if (!kernel || !bias) throw new Error(`${layer.name}: weights are missing`);
  return { kernel, bias };
}

/** @throws Error naming the first parameter whose size differs from the plan. */
export function assertWeights(network: Network, weights: readonly Float32Array[]): void {
  if (weights.length !== network.params.length) {
    throw new Error(`${network.name}: expected ${network.params.length} weight tensors, got ${weights.length}`);
  }
  network.params.forEach((param, index) => {
    const got = weights[index]?.length;
    if (got !== param.size) throw new Error(`${param.name}: expected ${param.size} values, got ${got}`);
  });
}
