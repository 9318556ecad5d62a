import { mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { CLASS_NAMES } from "#lib/engine/architectures.ts";
import { ARTIFACT_PATHS } from "#lib/engine/artifact-paths.ts";
import type { Network } from "#lib/engine/network.ts";
import { exportOnnx } from "#lib/engine/onnx/export-onnx.ts";
import type { ArtifactFile, EpochReport, Evaluation, TrainSpec } from "#lib/engine/schemas.ts";
import { exportTfjsModel } from "#lib/engine/tfjs-model.ts";

/** Writes both forms of the model below `folder`; returns their absolute paths. */
export async function writeModels(
  folder: string,
  network: Network,
  weights: readonly Float32Array[],
): Promise<{ modelJson: string; onnx: string }> {
  const tfjs = exportTfjsModel(network, weights, path.posix.basename(ARTIFACT_PATHS.tfjsWeights));
  await write(folder, ARTIFACT_PATHS.tfjsWeights, tfjs.weights);
  const modelJson = await write(folder, ARTIFACT_PATHS.tfjsModel, JSON.stringify(tfjs.json));
  const onnx = await write(folder, ARTIFACT_PATHS.onnx, exportOnnx(network, weights));
  return { modelJson, onnx };
}

export interface ReportInput {
  spec: TrainSpec;
  network: Network;
  epochs: readonly EpochReport[];
  evaluation: Evaluation;
  dataDigest: string;
  engine: { name: string; version: string; tensorflowVersion?: string; threads: number };
  attempt: number;
  counts: { train: number; validation: number; test: number };
  /** Largest difference between the two exported models' probabilities. */
  exportDifference: number;
}

/** Writes the JSON reports below `folder`. */
export async function writeReports(folder: string, input: ReportInput): Promise<void> {
  const { evaluation, epochs, network } = input;
  await writeJson(folder, ARTIFACT_PATHS.evaluation, evaluation);
  await writeJson(folder, ARTIFACT_PATHS.confusionMatrix, { labels: CLASS_NAMES, counts: evaluation.confusion });
  await writeJson(folder, ARTIFACT_PATHS.learningCurves, { epochs });
  await writeJson(folder, ARTIFACT_PATHS.summary, {
    spec: input.spec,
    engine: input.engine,
    dataDigest: input.dataDigest,
    counts: input.counts,
    parameters: network.paramCount,
    layers: network.layers.map(({ name, type, output }) => ({ name, type, output })),
    attempt: input.attempt,
    epochs: epochs.length,
    trainSeconds: epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
    testAccuracy: evaluation.accuracy,
    testLoss: evaluation.loss,
    calibrationError: evaluation.calibrationError,
    validationSource: input.spec.validation === "test" ? "test set" : "held out of the training set",
    exportDifference: input.exportDifference,
  });
}

/** What stands in `folder`, in the order of `ARTIFACT_PATHS`. */
export async function listArtifacts(folder: string): Promise<ArtifactFile[]> {
  return Promise.all(
    Object.values(ARTIFACT_PATHS).map(async (artifact) => {
      const file = path.join(folder, artifact);
      return { path: artifact, file, sizeBytes: (await stat(file)).size };
    }),
  );
}

async function writeJson(folder: string, artifact: string, value: unknown): Promise<void> {
  await write(folder, artifact, `${JSON.stringify(value, null, 2)}\n`);
}

async function write(folder: string, artifact: string, content: string | Uint8Array): Promise<string> {
  const file = path.join(folder, artifact);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}
