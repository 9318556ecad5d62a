import type { HostedModel } from "#lib/engine/onnx/hosted-model.ts";
import { ELEMENT_BYTES, elementCount, packStrings, type RawTensor, unpackStrings } from "#lib/engine/onnx/tensors.ts";

interface Feeds {
  tensors: readonly RawTensor[];
  outputs: readonly string[];
  rows: number;
}

/** Whether rows of several requests may go through the model together. */
export interface MergeTrial {
  readonly state: "untried" | "proven" | "refused";
  /** Runs two requests together and compares with what each got alone; three times alike is proof, once unlike the end. */
  try(feeds: readonly [Feeds, Feeds], alone: readonly [RawTensor[], RawTensor[]]): Promise<void>;
}

const PROOF = 3;

/**
 * A free first dimension is often a batch, but may be a time or a set as well, whose rows depend on each other; the file does
 * not tell. So it is tried with real requests before they share a run.
 */
export function createMergeTrial(model: HostedModel): MergeTrial {
  const hasFreeRows = [...model.inputs, ...model.outputs].every(({ dims }) => dims[0] === -1);
  let state: MergeTrial["state"] = hasFreeRows ? "untried" : "refused";
  let alike = 0;
  return {
    get state() {
      return state;
    },
    async try(feeds, alone) {
      const [one, other] = feeds;
      // The same rows twice would prove nothing.
      if (one.tensors.every((tensor, index) => isSame(tensor, other.tensors[index]))) return;
      try {
        const rows = [one.rows, other.rows];
        const parts = splitTensors(await model.run(mergeTensors(feeds), one.outputs), rows);
        const agree = parts.every((part, index) => part.every((tensor, at) => isNear(tensor, alone[index]?.[at])));
        alike = agree ? alike + 1 : 0;
        state = agree ? (alike >= PROOF ? "proven" : "untried") : "refused";
      } catch {
        state = "refused";
      }
    },
  };
}

/** The first dimension that all tensors share; null: there is none. */
export function rowsOf(tensors: readonly RawTensor[]): number | null {
  const rows = tensors[0]?.dims[0];
  return rows !== undefined && tensors.every(({ dims }) => dims[0] === rows) ? rows : null;
}

/** All requests' rows, one below the other. They have the same inputs. */
export function mergeTensors(feeds: readonly Pick<Feeds, "tensors">[]): RawTensor[] {
  const [first] = feeds;
  return (first?.tensors ?? []).map(({ name, type, dims }) => {
    const all = feeds.flatMap(({ tensors }) => tensors.filter((tensor) => tensor.name === name));
    const rows = all.reduce((sum, tensor) => sum + (tensor.dims[0] ?? 0), 0);
    return { name, type, dims: [rows, ...dims.slice(1)], bytes: Buffer.concat(all.map(({ bytes }) => bytes)) };
  });
}

/**
 * The outputs of a shared run, by request.
 *
 * @throws Error an output has another number of rows than the inputs
 */
export function splitTensors(outputs: readonly RawTensor[], rows: readonly number[]): RawTensor[][] {
  const total = rows.reduce((sum, count) => sum + count, 0);
  const cuts = outputs.map((output) => {
    if (output.dims[0] !== total) throw new Error(`the output ${output.name} has not ${total} rows`);
    return cutRows(output, rows);
  });
  return rows.map((_, index) => cuts.flatMap((parts) => parts[index] ?? []));
}

function cutRows({ name, type, dims, bytes }: RawTensor, rows: readonly number[]): RawTensor[] {
  const rest = dims.slice(1);
  const each = elementCount(rest);
  const size = ELEMENT_BYTES[type];
  const texts = size === null ? unpackStrings(bytes, elementCount(dims)) : [];
  let at = 0;
  return rows.map((count) => {
    const [from, to] = [at * each, (at + count) * each];
    at += count;
    const part = size === null ? packStrings(texts.slice(from, to)) : bytes.subarray(from * size, to * size);
    return { name, type, dims: [count, ...rest], bytes: part };
  });
}

function isSame(one: RawTensor, other: RawTensor | undefined): boolean {
  return other !== undefined && Buffer.compare(one.bytes, other.bytes) === 0;
}

/** Sums in another order differ in the last digits. */
function isNear(one: RawTensor, other: RawTensor | undefined): boolean {
  if (other === undefined || one.bytes.byteLength !== other.bytes.byteLength) return false;
  if (one.type !== "float32" && one.type !== "float64") return isSame(one, other);
  const [a, b] = [numbersOf(one), numbersOf(other)];
  return a.every((value, index) => {
    const against = b[index] ?? Number.NaN;
    return Object.is(value, against) || Math.abs(value - against) <= 1e-4 * Math.max(1, Math.abs(value));
  });
}

function numbersOf({ type, bytes }: RawTensor): Float32Array | Float64Array {
  const copy = Uint8Array.from(bytes);
  return type === "float64" ? new Float64Array(copy.buffer) : new Float32Array(copy.buffer);
}
