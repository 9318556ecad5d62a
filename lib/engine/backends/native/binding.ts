import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import { NATIVE_FILES, nativeFolder } from "#lib/engine/native-pin.mjs";

/** The binding of tfjs-node, as far as we call it: eager TensorFlow ops by name, tensors by number. */
export interface Binding {
  TF_Version: string;
  TF_FLOAT: number;
  TF_INT32: number;
  TF_RESOURCE: number;
  TF_ATTR_STRING: number;
  TF_ATTR_INT: number;
  TF_ATTR_FLOAT: number;
  TF_ATTR_BOOL: number;
  TF_ATTR_TYPE: number;
  TF_ATTR_SHAPE: number;
  /** Shares the array's memory until the tensor is deleted. */
  createTensor(shape: readonly number[], dtype: number, values: Float32Array | Int32Array): number;
  deleteTensor(id: number): void;
  /** A copy. */
  tensorDataSync(id: number): unknown;
  executeOp(name: string, attrs: readonly OpAttr[], inputs: readonly number[], outputs: number): { id: number }[];
  getNumOfTensors(): number;
}

export interface OpAttr {
  name: string;
  /** One of the binding's TF_ATTR_ numbers. */
  type: number;
  value: number | boolean | string | readonly number[];
}

const REQUIRED = ["createTensor", "deleteTensor", "tensorDataSync", "executeOp", "getNumOfTensors"];

const Binding = z.custom<Binding>(
  (value) => typeof value === "object" && value !== null && REQUIRED.every((name) => name in value),
);

/**
 * Loads TensorFlow into this process (some 0.3 s).
 *
 * @throws TrainingError `engine_unavailable` when it is not installed, or cannot be loaded
 */
export async function loadBinding(cacheDir: string): Promise<Binding> {
  const folder = nativeFolder(cacheDir);
  const installed = await readFile(path.join(folder, NATIVE_FILES.marker)).catch(() => undefined);
  if (!installed) {
    throw new TrainingError("engine_unavailable", "the native engine is not installed: run `npm run engines`");
  }
  // Warnings and errors only; TensorFlow reads it when it is loaded.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "1";
  try {
    return Binding.parse(createRequire(import.meta.url)(path.join(folder, NATIVE_FILES.binding)));
  } catch (cause) {
    const message = `the native engine in ${folder} cannot be loaded: remove the folder and run \`npm run engines\``;
    throw new TrainingError("engine_unavailable", message, { cause });
  }
}
