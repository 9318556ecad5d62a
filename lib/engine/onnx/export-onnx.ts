import { CLASS_NAMES, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { assertWeights, type ConvLayer, type DenseLayer, layerWeights, type Network } from "#lib/engine/network.ts";
import { encodeModel, type OnnxInitializer, type OnnxNode } from "#lib/engine/onnx/proto.ts";

export const ONNX_INPUT = "image";
export const ONNX_OUTPUT = "probabilities";
const OPSET = 17;
const IR_VERSION = 8;

/**
 * The network as an ONNX model: input `image` float32 `[N, 28, 28, 1]` in 0..1, output `probabilities` `[N, 10]`.
 *
 * ONNX convolves channels-first. Only the one-channel image is turned (a reshape, nothing moves) and the rows of the
 * first dense kernel are put into channels-first order once, here, instead of transposing activations on every call.
 * Dropout has no part in inference and is left out.
 *
 * @param metadata further `metadata_props`, beside `class_names` (a JSON array) and `input_range`.
 */
export function exportOnnx(
  network: Network,
  weights: readonly Float32Array[],
  metadata: Record<string, string> = {},
): Uint8Array {
  assertWeights(network, weights);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxInitializer[] = [{ name: "image_shape", dims: [4], int64s: [0, 1, IMAGE_SIZE, IMAGE_SIZE] }];
  let flattened: readonly [number, number, number] | undefined;
  let current = "image_nchw";
  nodes.push({ opType: "Reshape", name: "to_nchw", inputs: [ONNX_INPUT, "image_shape"], outputs: [current] });

  const chain = (opType: string, name: string, inputs: string[], attributes?: OnnxNode["attributes"]): void => {
    const output = `${name}_out`;
    nodes.push({
      opType,
      name,
      inputs: [current, ...inputs],
      outputs: [output],
      ...(attributes ? { attributes } : {}),
    });
    current = output;
  };

  for (const layer of network.layers) {
    switch (layer.type) {
      case "conv2d": {
        const { kernel, bias } = layerWeights(weights, layer);
        const size = layer.kernelSize;
        const [names, tensors] = weightTensors(layer.name, convKernel(layer, kernel), convDims(layer), bias);
        initializers.push(...tensors);
        chain("Conv", layer.name, names, { kernel_shape: [size, size], strides: [1, 1], pads: [0, 0, 0, 0] });
        chain("Relu", `${layer.name}_relu`, []);
        break;
      }
      case "maxPool2d":
        chain("MaxPool", layer.name, [], {
          kernel_shape: [layer.poolSize, layer.poolSize],
          strides: [layer.poolSize, layer.poolSize],
        });
        break;
      case "flatten":
        if (layer.input.length === 3) flattened = layer.input;
        chain("Flatten", layer.name, [], { axis: 1 });
        break;
      case "dense": {
        const { kernel, bias } = layerWeights(weights, layer);
        const ordered = flattened ? channelsFirstRows(layer, kernel, flattened) : kernel;
        flattened = undefined;
        const [names, tensors] = weightTensors(layer.name, ordered, [layer.input[0], layer.output[0]], bias);
        initializers.push(...tensors);
        chain("Gemm", layer.name, names);
        if (layer.activation === "relu") chain("Relu", `${layer.name}_relu`, []);
        else chain("Softmax", `${layer.name}_softmax`, [], { axis: -1 });
        break;
      }
      case "dropout":
        break;
    }
  }
  nodes.push({ opType: "Identity", name: "output", inputs: [current], outputs: [ONNX_OUTPUT] });

  return encodeModel({
    irVersion: IR_VERSION,
    opset: OPSET,
    producer: { name: "assay", version: "1" },
    graph: {
      name: network.name,
      nodes,
      initializers,
      inputs: [{ name: ONNX_INPUT, dims: ["N", IMAGE_SIZE, IMAGE_SIZE, 1] }],
      outputs: [{ name: ONNX_OUTPUT, dims: ["N", network.classes] }],
    },
    metadata: { class_names: JSON.stringify(CLASS_NAMES), input_range: "0..1", ...metadata },
  });
}

function weightTensors(
  layer: string,
  kernel: Float32Array,
  dims: readonly number[],
  bias: Float32Array,
): [string[], OnnxInitializer[]] {
  const names = [`${layer}_kernel`, `${layer}_bias`];
  return [
    names,
    [
      { name: `${layer}_kernel`, dims, floats: kernel },
      { name: `${layer}_bias`, dims: [bias.length], floats: bias },
    ],
  ];
}

function convDims(layer: ConvLayer): readonly number[] {
  return [layer.output[2], layer.input[2], layer.kernelSize, layer.kernelSize];
}

/** `[height, width, in, out]` → `[out, in, height, width]`. */
function convKernel(layer: ConvLayer, kernel: Float32Array): Float32Array {
  const area = layer.kernelSize * layer.kernelSize;
  const inputs = layer.input[2];
  const outputs = layer.output[2];
  const turned = new Float32Array(kernel.length);
  for (let position = 0; position < area; position++) {
    for (let from = 0; from < inputs; from++) {
      for (let to = 0; to < outputs; to++) {
        turned[(to * inputs + from) * area + position] = kernel[(position * inputs + from) * outputs + to] ?? 0;
      }
    }
  }
  return turned;
}

/** Rows of the first dense kernel from (height, width, channel) order to (channel, height, width). */
function channelsFirstRows(
  layer: DenseLayer,
  kernel: Float32Array,
  [height, width, channels]: readonly [number, number, number],
): Float32Array {
  const units = layer.output[0];
  const area = height * width;
  const turned = new Float32Array(kernel.length);
  for (let position = 0; position < area; position++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (position * channels + channel) * units;
      turned.set(kernel.subarray(from, from + units), (channel * area + position) * units);
    }
  }
  return turned;
}
