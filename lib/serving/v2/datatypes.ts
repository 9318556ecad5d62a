import type { TensorType } from "#lib/engine/onnx/tensors.ts";

/** Datatypes of the Open Inference Protocol. */
export const DATATYPES = [
  ...(["BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"] as const),
  ...(["FP16", "FP32", "FP64", "BYTES"] as const),
] as const;
export type Datatype = (typeof DATATYPES)[number];

const BY_TYPE: Record<TensorType, Datatype> = {
  ...{ bool: "BOOL", uint8: "UINT8", uint16: "UINT16", uint32: "UINT32", uint64: "UINT64" },
  ...{ int8: "INT8", int16: "INT16", int32: "INT32", int64: "INT64" },
  ...{ float16: "FP16", float32: "FP32", float64: "FP64", string: "BYTES" },
};

export function datatypeOf(type: TensorType): Datatype {
  return BY_TYPE[type];
}

/** As Triton's model configuration writes it. */
export function configTypeOf(type: TensorType): string {
  return type === "string" ? "TYPE_STRING" : `TYPE_${datatypeOf(type)}`;
}
