/** Types of tensors that a model may take or give, by ONNX Runtime's names → bytes of one element; null: no fixed size. */
export const ELEMENT_BYTES = {
  bool: 1,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
  string: null,
} as const;

export type TensorType = keyof typeof ELEMENT_BYTES;

export function isTensorType(name: string): name is TensorType {
  return Object.hasOwn(ELEMENT_BYTES, name);
}

/** What a model says of an input or output. A dimension that is free is -1. */
export interface TensorInfo {
  name: string;
  type: TensorType;
  dims: readonly number[];
}

/**
 * A tensor as its bytes: little-endian, row-major; booleans are a byte each. Strings are UTF-8, each behind its length in
 * bytes as a uint32. It is what the inference protocol's binary form has, too.
 */
export interface RawTensor {
  name: string;
  type: TensorType;
  dims: readonly number[];
  bytes: Uint8Array;
}

/** How many elements these dimensions hold; 1 for a scalar. */
export function elementCount(dims: readonly number[]): number {
  return dims.reduce((product, side) => product * side, 1);
}

export function packStrings(texts: readonly string[]): Uint8Array {
  const size = texts.reduce((sum, text) => sum + 4 + Buffer.byteLength(text), 0);
  const bytes = Buffer.allocUnsafe(size);
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + 4);
    bytes.writeUInt32LE(length, at);
    at += 4 + length;
  }
  return bytes;
}

/**
 * @param count how many there have to be
 * @throws RangeError too few or too many bytes, or not UTF-8
 */
export function unpackStrings(bytes: Uint8Array, count: number): string[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const texts: string[] = [];
  let at = 0;
  while (at < buffer.length) {
    const start = at + 4;
    const end = start <= buffer.length ? start + buffer.readUInt32LE(at) : Number.POSITIVE_INFINITY;
    if (end > buffer.length) throw new RangeError(`element ${texts.length} goes beyond the end of the data`);
    if (texts.length === count) throw new RangeError(`there are more than ${count} elements`);
    try {
      texts.push(utf8.decode(buffer.subarray(start, end)));
    } catch (cause) {
      throw new RangeError(`element ${texts.length} is not UTF-8`, { cause });
    }
    at = end;
  }
  if (texts.length !== count) throw new RangeError(`there are ${texts.length} elements, not ${count}`);
  return texts;
}
