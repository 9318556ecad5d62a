import { readFile } from "node:fs/promises";
import path from "node:path";
import * as tf from "@tensorflow/tfjs-core";
import { loadLayersModel } from "@tensorflow/tfjs-layers";
import { z } from "zod";
import { CLASS_COUNT, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { startWasm } from "#lib/engine/backends/wasm/tensors.ts";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import type { Predictor } from "#lib/engine/evaluate.ts";
import { gatherBatch, type Part } from "#lib/engine/load-data.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";

export const MAX_DIFFERENCE = 1e-5;
const IMAGES = 1000;
const BATCH = 250;

const ModelJson = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z.tuple([
    z.object({
      paths: z.tuple([z.string()]),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.int()), dtype: z.literal("float32") })),
    }),
  ]),
});

/** A TensorFlow.js layers model from its files, on the WebAssembly backend whatever engine trained it. Dispose it. */
async function openTfjsModel(modelJson: string): Promise<Predictor & { dispose(): void }> {
  const { modelTopology, weightsManifest } = ModelJson.parse(JSON.parse(await readFile(modelJson, "utf8")));
  const [{ paths, weights }] = weightsManifest;
  await startWasm();
  const bytes = await readFile(path.join(path.dirname(modelJson), paths[0]));
  const weightData = new Uint8Array(bytes).buffer;
  const model = await loadLayersModel({ load: async () => ({ modelTopology, weightSpecs: weights, weightData }) });
  return {
    predict: (images, count) => {
      const result = new Float32Array(count * CLASS_COUNT);
      tf.tidy(() => {
        const output = model.predict(tf.tensor4d(images, [count, IMAGE_SIZE, IMAGE_SIZE, 1]));
        if (Array.isArray(output)) throw new Error("the model has more than one output");
        result.set(output.dataSync());
      });
      return result;
    },
    dispose: () => {
      model.dispose();
    },
  };
}

/**
 * Compares the two exported models on the first 1,000 images of a part (all, if fewer), as files, through
 * TensorFlow.js layers and ONNX Runtime.
 *
 * @returns the largest difference between two probabilities
 * @throws TrainingError `onnx_mismatch` when it exceeds 1e-5
 */
export async function verifyExport(modelJson: string, onnxFile: string, part: Part): Promise<number> {
  const tfjs = await openTfjsModel(modelJson);
  const onnx = await openDigitSession(await readFile(onnxFile));
  let largest = 0;
  try {
    const indices = part.indices.subarray(0, IMAGES);
    for (let from = 0; from < indices.length; from += BATCH) {
      const { images, size } = gatherBatch(part, indices, from, BATCH);
      const expected = tfjs.predict(images, size);
      const got = await onnx.predict(images, size);
      for (let i = 0; i < expected.length; i++) {
        const difference = Math.abs((expected[i] ?? Number.NaN) - (got[i] ?? Number.NaN));
        if (!(difference <= MAX_DIFFERENCE)) {
          const message = `the exported ONNX model differs from TensorFlow.js by ${difference} (allowed: ${MAX_DIFFERENCE}) on image ${from + Math.floor(i / CLASS_COUNT)}`;
          throw new TrainingError("onnx_mismatch", message);
        }
        largest = Math.max(largest, difference);
      }
    }
  } finally {
    tfjs.dispose();
    await onnx.dispose();
  }
  return largest;
}
