import {
  ELEMENT_BYTES,
  elementCount,
  packStrings,
  type RawTensor,
  type TensorType,
  unpackStrings,
} from "#lib/engine/onnx/tensors.ts";
import { fromHalf, toHalf } from "#lib/serving/v2/half.ts";
import { invalid } from "#lib/serving/v2/invalid.ts";

type NumberType = Exclude<TensorType, "string" | "bool">;
type Write = (view: DataView, at: number, value: number) => void;
type Read = (view: DataView, at: number) => number | bigint;

const INTEGERS: Partial<Record<TensorType, readonly [least: number, most: number]>> = {
  uint8: [0, 255],
  uint16: [0, 65_535],
  uint32: [0, 4_294_967_295],
  uint64: [0, Number.MAX_SAFE_INTEGER],
  int8: [-128, 127],
  int16: [-32_768, 32_767],
  int32: [-2_147_483_648, 2_147_483_647],
  int64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

const WRITE: Record<NumberType, Write> = {
  uint8: (view, at, value) => view.setUint8(at, value),
  uint16: (view, at, value) => view.setUint16(at, value, true),
  uint32: (view, at, value) => view.setUint32(at, value, true),
  uint64: (view, at, value) => view.setBigUint64(at, BigInt(value), true),
  int8: (view, at, value) => view.setInt8(at, value),
  int16: (view, at, value) => view.setInt16(at, value, true),
  int32: (view, at, value) => view.setInt32(at, value, true),
  int64: (view, at, value) => view.setBigInt64(at, BigInt(value), true),
  float16: (view, at, value) => view.setUint16(at, toHalf(value), true),
  float32: (view, at, value) => view.setFloat32(at, value, true),
  float64: (view, at, value) => view.setFloat64(at, value, true),
};

const READ: Record<NumberType, Read> = {
  uint8: (view, at) => view.getUint8(at),
  uint16: (view, at) => view.getUint16(at, true),
  uint32: (view, at) => view.getUint32(at, true),
  uint64: (view, at) => view.getBigUint64(at, true),
  int8: (view, at) => view.getInt8(at),
  int16: (view, at) => view.getInt16(at, true),
  int32: (view, at) => view.getInt32(at, true),
  int64: (view, at) => view.getBigInt64(at, true),
  float16: (view, at) => fromHalf(view.getUint16(at, true)),
  float32: (view, at) => view.getFloat32(at, true),
  float64: (view, at) => view.getFloat64(at, true),
};

/**
 * The bytes of `data`, nested or flat, row-major.
 *
 * @param where for messages, such as `inputs[0]`
 * @throws InvalidError too few or too many elements, or one that its type cannot hold
 */
export function bytesOfJson(data: unknown, type: TensorType, dims: readonly number[], where: string): Uint8Array {
  const count = elementCount(dims);
  const values: unknown[] = [];
  flatten(data, values, count, where);
  if (values.length !== count) {
    throw invalid(`${where}.data`, `${values.length} elements, not the ${count} of shape [${dims.join(", ")}]`);
  }
  if (type === "string") return packStrings(values.map((value, index) => textOf(value, `${where}.data[${index}]`)));
  const bytes = new Uint8Array(count * ELEMENT_BYTES[type]);
  if (type === "bool") {
    values.forEach((value, index) => {
      bytes[index] = booleanOf(value, `${where}.data[${index}]`);
    });
    return bytes;
  }
  const view = new DataView(bytes.buffer);
  const [write, step, range] = [WRITE[type], ELEMENT_BYTES[type], INTEGERS[type]];
  for (let index = 0; index < count; index++) {
    const value = values[index];
    if (typeof value !== "number") throw invalid(`${where}.data[${index}]`, `${kindOf(value)}, not a number`);
    if (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) {
      const wide = type.endsWith("64") ? " in JSON; larger ones need the binary form" : "";
      throw invalid(`${where}.data[${index}]`, `${value} is not an integer of ${range[0]} to ${range[1]}${wide}`);
    }
    write(view, index * step, value);
  }
  return bytes;
}

/** The elements as JSON, flat. What JSON cannot say (NaN, infinities) is null; the binary form has it. */
export function jsonOfTensor({ type, dims, bytes }: RawTensor): string {
  if (type === "string") return JSON.stringify(unpackStrings(bytes, elementCount(dims)));
  if (type === "bool") return `[${Array.from(bytes, (byte) => (byte === 0 ? "false" : "true")).join(",")}]`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [read, step] = [READ[type], ELEMENT_BYTES[type]];
  const parts: string[] = [];
  for (let at = 0; at < bytes.byteLength; at += step) {
    const value = read(view, at);
    parts.push(
      typeof value === "number" && !Number.isFinite(value) ? "null" : Object.is(value, -0) ? "-0" : `${value}`,
    );
  }
  return `[${parts.join(",")}]`;
}

/** Stops soon after there are too many. */
function flatten(data: unknown, into: unknown[], most: number, where: string): void {
  if (!Array.isArray(data)) throw invalid(`${where}.data`, `${kindOf(data)}, not a list`);
  // By hand: a list of lists of any depth must not use up the stack.
  const open: { list: unknown[]; next: number }[] = [{ list: data, next: 0 }];
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    if (top.next === top.list.length) {
      open.pop();
      continue;
    }
    const value = top.list[top.next];
    top.next += 1;
    if (Array.isArray(value)) open.push({ list: value, next: 0 });
    else if (into.length < most + 1) into.push(value);
    else return;
  }
}

function textOf(value: unknown, field: string): string {
  if (typeof value !== "string") throw invalid(field, `${kindOf(value)}, not a text`);
  return value;
}

function booleanOf(value: unknown, field: string): 0 | 1 {
  if (value === true || value === 1) return 1;
  if (value === false || value === 0) return 0;
  throw invalid(field, `${kindOf(value)}, not true or false`);
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "absent";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? "a text" : String(value);
}
