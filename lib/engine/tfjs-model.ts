import { CLASS_NAMES, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { assertWeights, type Network, type NetworkLayer } from "#lib/engine/network.ts";

/** `model.json` and `weights.bin` of a TensorFlow.js layers model, as `tf.loadLayersModel` reads them. */
export interface TfjsModel {
  json: {
    format: "layers-model";
    generatedBy: string;
    convertedBy: null;
    modelTopology: object;
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; dtype: "float32" }[] }[];
    userDefinedMetadata: object;
  };
  weights: Uint8Array;
}

/**
 * The network as a TensorFlow.js (Keras-style) layers model; input `[n, 28, 28, 1]` in 0..1, output `[n, 10]`.
 *
 * @param weightsFile name of the weights file beside `model.json`
 */
export function exportTfjsModel(network: Network, weights: readonly Float32Array[], weightsFile: string): TfjsModel {
  assertWeights(network, weights);
  const layers = network.layers.map((layer, index) => {
    const config = { name: layer.name, trainable: true, dtype: "float32", ...layerConfig(layer) };
    const input = index === 0 ? { batch_input_shape: [null, IMAGE_SIZE, IMAGE_SIZE, 1] } : {};
    return { class_name: CLASS_OF[layer.type], config: { ...config, ...input } };
  });
  return {
    json: {
      format: "layers-model",
      generatedBy: "Assay",
      convertedBy: null,
      modelTopology: {
        keras_version: "tfjs-layers 4.22.0",
        backend: "tensor_flow.js",
        model_config: { class_name: "Sequential", config: { name: network.name, layers } },
      },
      weightsManifest: [
        {
          paths: [weightsFile],
          weights: network.params.map(({ name, shape }) => ({ name, shape: [...shape], dtype: "float32" })),
        },
      ],
      userDefinedMetadata: { classNames: CLASS_NAMES, inputRange: "0..1" },
    },
    weights: Buffer.concat(weights.map((values) => littleEndianBytes(values))),
  };
}

const CLASS_OF: Record<NetworkLayer["type"], string> = {
  conv2d: "Conv2D",
  maxPool2d: "MaxPooling2D",
  dropout: "Dropout",
  flatten: "Flatten",
  dense: "Dense",
};

function layerConfig(layer: NetworkLayer): object {
  const shared = { data_format: "channels_last", padding: "valid" };
  switch (layer.type) {
    case "conv2d":
      return {
        ...shared,
        filters: layer.output[2],
        kernel_size: [layer.kernelSize, layer.kernelSize],
        strides: [1, 1],
        dilation_rate: [1, 1],
        activation: "relu",
        use_bias: true,
      };
    case "maxPool2d":
      return {
        ...shared,
        pool_size: [layer.poolSize, layer.poolSize],
        strides: [layer.poolSize, layer.poolSize],
      };
    case "dropout":
      return { rate: layer.rate };
    case "flatten":
      return { data_format: "channels_last" };
    case "dense":
      return { units: layer.output[0], activation: layer.activation, use_bias: true };
  }
}

/** The format is little-endian, as is every machine TensorFlow runs on. */
function littleEndianBytes(values: Float32Array): Buffer {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength);
}
