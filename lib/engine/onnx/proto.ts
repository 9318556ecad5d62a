import protobuf from "protobufjs/minimal.js";
import type { TensorType } from "#lib/engine/onnx/tensors.ts";

/**
 * The part of the ONNX wire format that our models need, written field by field.
 * Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
 */

const FLOAT = 1;
const INT64 = 7;
/** TensorProto.DataType of the types that inputs and outputs may have. */
const DATA_TYPES: Record<TensorType, number> = {
  ...{ float32: FLOAT, uint8: 2, int8: 3, uint16: 4, int16: 5, int32: 6, int64: INT64, string: 8, bool: 9 },
  ...{ float16: 10, float64: 11, uint32: 12, uint64: 13 },
};
const ATTRIBUTE_INT = 2;
const ATTRIBUTE_INTS = 7;

export interface OnnxNode {
  opType: string;
  name: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Record<string, number | readonly number[]>;
}
export type OnnxInitializer =
  | { name: string; dims: readonly number[]; floats: Float32Array }
  | { name: string; dims: readonly number[]; int64s: readonly number[] };
/** A string stands for a free dimension. */
interface OnnxValueInfo {
  name: string;
  /** Default float32. */
  type?: TensorType;
  dims: readonly (number | string)[];
}
export interface OnnxModel {
  irVersion: number;
  opset: number;
  producer: { name: string; version: string };
  graph: {
    name: string;
    nodes: readonly OnnxNode[];
    initializers: readonly OnnxInitializer[];
    inputs: readonly OnnxValueInfo[];
    outputs: readonly OnnxValueInfo[];
  };
  metadata: Record<string, string>;
}

type Writer = protobuf.Writer;
const LENGTH_DELIMITED = 2;
const VARINT = 0;

function text(writer: Writer, field: number, value: string): void {
  writer.uint32((field << 3) | LENGTH_DELIMITED).string(value);
}
function int(writer: Writer, field: number, value: number): void {
  writer.uint32((field << 3) | VARINT).int64(value);
}
function message(writer: Writer, field: number, write: () => void): void {
  writer.uint32((field << 3) | LENGTH_DELIMITED).fork();
  write();
  writer.ldelim();
}

/** ModelProto. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const writer = protobuf.Writer.create();
  int(writer, 1, model.irVersion);
  text(writer, 2, model.producer.name);
  text(writer, 3, model.producer.version);
  message(writer, 7, () => encodeGraph(writer, model.graph));
  message(writer, 8, () => {
    text(writer, 1, "");
    int(writer, 2, model.opset);
  });
  for (const [key, value] of Object.entries(model.metadata)) {
    message(writer, 14, () => {
      text(writer, 1, key);
      text(writer, 2, value);
    });
  }
  return writer.finish();
}

function encodeGraph(writer: Writer, graph: OnnxModel["graph"]): void {
  for (const node of graph.nodes) message(writer, 1, () => encodeNode(writer, node));
  text(writer, 2, graph.name);
  for (const tensor of graph.initializers) message(writer, 5, () => encodeTensor(writer, tensor));
  for (const input of graph.inputs) message(writer, 11, () => encodeValueInfo(writer, input));
  for (const output of graph.outputs) message(writer, 12, () => encodeValueInfo(writer, output));
}

function encodeNode(writer: Writer, node: OnnxNode): void {
  for (const input of node.inputs) text(writer, 1, input);
  for (const output of node.outputs) text(writer, 2, output);
  text(writer, 3, node.name);
  text(writer, 4, node.opType);
  for (const [name, value] of Object.entries(node.attributes ?? {})) {
    message(writer, 5, () => {
      text(writer, 1, name);
      if (typeof value === "number") {
        int(writer, 3, value);
        int(writer, 20, ATTRIBUTE_INT);
      } else {
        for (const item of value) int(writer, 8, item);
        int(writer, 20, ATTRIBUTE_INTS);
      }
    });
  }
}

function encodeTensor(writer: Writer, tensor: OnnxInitializer): void {
  for (const side of tensor.dims) int(writer, 1, side);
  if ("floats" in tensor) {
    int(writer, 2, FLOAT);
    text(writer, 8, tensor.name);
    // raw_data is little-endian by definition.
    const raw = new Uint8Array(tensor.floats.length * 4);
    const view = new DataView(raw.buffer);
    tensor.floats.forEach((value, index) => {
      view.setFloat32(index * 4, value, true);
    });
    writer.uint32((9 << 3) | LENGTH_DELIMITED).bytes(raw);
  } else {
    int(writer, 2, INT64);
    message(writer, 7, () => {
      for (const value of tensor.int64s) writer.int64(value);
    });
    text(writer, 8, tensor.name);
  }
}

function encodeValueInfo(writer: Writer, info: OnnxValueInfo): void {
  text(writer, 1, info.name);
  message(writer, 2, () => {
    message(writer, 1, () => {
      int(writer, 1, DATA_TYPES[info.type ?? "float32"]);
      message(writer, 2, () => {
        for (const side of info.dims) {
          message(writer, 1, () => {
            if (typeof side === "number") int(writer, 1, side);
            else text(writer, 2, side);
          });
        }
      });
    });
  });
}
