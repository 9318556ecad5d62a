import {
  ELEMENT_BYTES,
  elementCount,
  type RawTensor,
  type TensorInfo,
  unpackStrings,
} from "#lib/engine/onnx/tensors.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { datatypeOf } from "#lib/serving/v2/datatypes.ts";
import { invalid } from "#lib/serving/v2/invalid.ts";
import { bytesOfJson } from "#lib/serving/v2/json-data.ts";
import type { InferRequest } from "#lib/serving/v2/read-request.ts";
import type { InferBody } from "#lib/serving/v2/schemas.ts";

type Input = InferBody["inputs"][number];

/**
 * A request's tensors, each as the model's input of its name wants it.
 *
 * @param wanted the model's inputs
 * @throws InvalidError names the input, what is wrong with it and what the model takes
 */
export function readTensors({ json, binary }: InferRequest, wanted: readonly TensorInfo[]): RawTensor[] {
  let at = 0;
  const tensors = json.inputs.map((input, index) => {
    const where = `inputs[${index}]`;
    const info = infoOf(input, wanted, where);
    if (json.inputs.findIndex(({ name }) => name === input.name) !== index) {
      throw invalid(where, `${JSON.stringify(input.name)} is given twice`);
    }
    const { type } = info;
    const dims = input.shape;
    const size = binarySizeOf(input, where);
    if (size === undefined) return { name: info.name, type, dims, bytes: bytesOfJson(input.data, type, dims, where) };
    const bytes = binary.subarray(at, at + size);
    at += size;
    requireBytes({ name: info.name, type, dims, bytes }, size, where);
    return { name: info.name, type, dims, bytes };
  });
  if (at < binary.byteLength) {
    throw invalid("body", `${binary.byteLength - at} bytes follow that no input's binary_data_size counts`);
  }
  const missing = wanted.filter(({ name }) => !tensors.some((tensor) => tensor.name === name));
  if (missing.length > 0) throw invalid("inputs", `${missing.map(described).join(", ")} is missing`);
  return tensors;
}

/** The names of the outputs that are wanted; all when the request names none. */
export function wantedOutputs(json: InferBody, outputs: readonly TensorInfo[]): string[] {
  if (json.outputs === undefined || json.outputs.length === 0) return outputs.map(({ name }) => name);
  const names = json.outputs.map(({ name }) => name);
  json.outputs.forEach(({ name, parameters = {} }, index) => {
    const where = `outputs[${index}]`;
    if (!outputs.some((output) => output.name === name)) {
      throw invalid(where, `${JSON.stringify(name)} is not an output`, `The model has ${listed(outputs)}.`);
    }
    if (names.indexOf(name) !== index) throw invalid(where, `${JSON.stringify(name)} is given twice`);
    refuse(parameters, ["classification", "shared_memory_region"], where);
  });
  return names;
}

function infoOf(input: Input, wanted: readonly TensorInfo[], where: string): TensorInfo {
  const info = wanted.find(({ name }) => name === input.name);
  if (info === undefined) {
    throw invalid(where, `${JSON.stringify(input.name)} is not an input`, `The model takes ${listed(wanted)}.`);
  }
  if (input.datatype !== datatypeOf(info.type)) {
    throw invalid(`${where}.datatype`, `${input.datatype} for ${described(info)}`);
  }
  const fits =
    input.shape.length === info.dims.length &&
    info.dims.every((side, index) => side === -1 || side === input.shape[index]);
  if (!fits) throw invalid(`${where}.shape`, `[${input.shape.join(", ")}] for ${described(info)}`);
  return info;
}

/** Bytes of the binary form; undefined: it is in JSON. */
function binarySizeOf({ parameters = {}, data }: Input, where: string): number | undefined {
  refuse(parameters, ["shared_memory_region"], where);
  const size = parameters["binary_data_size"];
  if (size === undefined) return undefined;
  if (typeof size !== "number" || !Number.isInteger(size) || size < 0) {
    throw invalid(`${where}.parameters.binary_data_size`, `${JSON.stringify(size)} is not a number of bytes`);
  }
  if (data !== undefined) throw invalid(where, "it has both data and binary_data_size");
  return size;
}

function requireBytes({ type, dims, bytes }: RawTensor, size: number, where: string): void {
  const count = elementCount(dims);
  const shape = `shape [${dims.join(", ")}]`;
  if (bytes.byteLength < size) {
    throw invalid(`${where}.parameters.binary_data_size`, `${size} bytes, but only ${bytes.byteLength} follow`);
  }
  const each = ELEMENT_BYTES[type];
  if (each === null) {
    try {
      unpackStrings(bytes, count);
    } catch (error) {
      throw invalid(where, `${messageOf(error)}, for ${shape}`);
    }
  } else if (bytes.byteLength !== count * each) {
    throw invalid(where, `${bytes.byteLength} bytes, not the ${count * each} of ${datatypeOf(type)} and ${shape}`);
  }
}

function refuse(parameters: Record<string, unknown>, names: readonly string[], where: string): void {
  for (const name of names) {
    const value = parameters[name];
    if (value !== undefined && value !== 0) throw invalid(`${where}.parameters.${name}`, "it is not supported here");
  }
}

function listed(infos: readonly TensorInfo[]): string {
  return infos.map(described).join(", ");
}

function described({ name, type, dims }: TensorInfo): string {
  return `${JSON.stringify(name)} (${datatypeOf(type)}, shape [${dims.join(", ")}])`;
}
