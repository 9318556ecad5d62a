import { createHash } from "node:crypto";
import { encodeModel, type OnnxModel } from "#lib/engine/onnx/proto.ts";
import type { TensorType } from "#lib/engine/onnx/tensors.ts";

/** An ONNX file of just this graph. */
function onnxOf(graph: OnnxModel["graph"]): Uint8Array {
  return encodeModel({ irVersion: 8, opset: 17, producer: { name: "test", version: "1" }, graph, metadata: {} });
}

/** Gives back what it gets: `x` → `y`, both of this type and these dimensions. */
export function identityOnnx(type: TensorType, dims: readonly (number | string)[]): Uint8Array {
  return onnxOf({
    name: "identity",
    nodes: [{ opType: "Identity", name: "same", inputs: ["x"], outputs: ["y"] }],
    initializers: [],
    inputs: [{ name: "x", type, dims }],
    outputs: [{ name: "y", type, dims }],
  });
}

/** An input of each of these types, named like it, and an output with `got ` before the name: the same values. */
export function identitiesOnnx(types: readonly TensorType[], dims: readonly (number | string)[]): Uint8Array {
  return onnxOf({
    name: "identities",
    nodes: types.map((type) => ({ opType: "Identity", name: type, inputs: [type], outputs: [`got ${type}`] })),
    initializers: [],
    inputs: types.map((type) => ({ name: type, type, dims })),
    outputs: types.map((type) => ({ name: `got ${type}`, type, dims })),
  });
}

/** Two inputs of other types and odd names: `left side` + `right/side` → `sum`, and `left side` as it is. */
export function sumOnnx(): Uint8Array {
  return onnxOf({
    name: "sum",
    nodes: [
      { opType: "Cast", name: "cast", inputs: ["right/side"], outputs: ["cast"], attributes: { to: 1 } },
      { opType: "Add", name: "add", inputs: ["left side", "cast"], outputs: ["sum"] },
      { opType: "Identity", name: "same", inputs: ["left side"], outputs: ["left, again"] },
    ],
    initializers: [],
    inputs: [
      { name: "left side", dims: ["rows", 3] },
      { name: "right/side", type: "int64", dims: ["rows", 3] },
    ],
    outputs: [
      { name: "sum", dims: ["rows", 3] },
      { name: "left, again", dims: ["rows", 3] },
    ],
  });
}

/** `x` minus the mean of all its rows: its rows may not be put together with another request's. */
export function centredOnnx(): Uint8Array {
  return onnxOf({
    name: "centred",
    nodes: [
      { opType: "ReduceMean", name: "mean", inputs: ["x"], outputs: ["mean"], attributes: { axes: [0], keepdims: 1 } },
      { opType: "Sub", name: "sub", inputs: ["x", "mean"], outputs: ["y"] },
    ],
    initializers: [],
    inputs: [{ name: "x", dims: ["rows", 2] }],
    outputs: [{ name: "y", dims: ["rows", 2] }],
  });
}

export function digestOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
