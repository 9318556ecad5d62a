import { Tensor } from "onnxruntime-node";
import {
  elementCount,
  isTensorType,
  packStrings,
  type RawTensor,
  type TensorType,
  unpackStrings,
} from "#lib/engine/onnx/tensors.ts";

type Numbers =
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;
type View = new (buffer: ArrayBufferLike, offset: number, length: number) => Numbers;

const VIEWS: Record<Exclude<TensorType, "string">, View & { BYTES_PER_ELEMENT: number }> = {
  bool: Uint8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
};

/**
 * A tensor that ONNX Runtime takes. Its bytes have to begin where its type may begin.
 *
 * @throws RangeError bytes and dimensions do not fit each other, or a string is not UTF-8
 */
export function toOrtTensor({ type, dims, bytes }: RawTensor): Tensor {
  const count = elementCount(dims);
  if (type === "string") return new Tensor("string", unpackStrings(bytes, count), dims);
  const Typed = VIEWS[type];
  if (bytes.byteLength !== count * Typed.BYTES_PER_ELEMENT) {
    throw new RangeError(`${bytes.byteLength} bytes are not ${count} elements of ${type}`);
  }
  return new Tensor(type, new Typed(bytes.buffer, bytes.byteOffset, count), dims);
}

/** @throws Error a type that no client could read */
export function fromOrtTensor(name: string, tensor: Tensor): RawTensor {
  const { type, dims, data } = tensor;
  if (!isTensorType(type)) throw new Error(`the output ${name} is of type ${type}, which is not supported`);
  if (Array.isArray(data)) return { name, type, dims, bytes: packStrings(data) };
  return { name, type, dims, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}
