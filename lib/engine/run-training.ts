import { createHash } from "node:crypto";
import path from "node:path";
import { ARCHITECTURES } from "#lib/engine/architectures.ts";
import { listArtifacts, writeModels, writeReports } from "#lib/engine/artifacts.ts";
import type { Backend } from "#lib/engine/backends/backend.ts";
import { readCheckpoint } from "#lib/engine/checkpoint.ts";
import type { Ready } from "#lib/engine/child/protocol.ts";
import { evaluate, predictPart } from "#lib/engine/evaluate.ts";
import { type FitHooks, fitNetwork } from "#lib/engine/fit-network.ts";
import { loadData } from "#lib/engine/load-data.ts";
import { planNetwork } from "#lib/engine/network.ts";
import type { ArtifactFile, DatasetFiles, Evaluation, TrainSpec } from "#lib/engine/schemas.ts";
import { verifyExport } from "#lib/engine/verify-export.ts";

interface TrainingHooks extends FitHooks {
  onReady(ready: Ready): void;
  onEvaluated(evaluation: Evaluation): void;
}

export interface RunTrainingInput {
  spec: TrainSpec;
  data: DatasetFiles;
  /** Absolute. The checkpoint and the folder `artifacts` stand in it. */
  workDir: string;
  attempt: number;
  resumeFromCheckpoint: boolean;
  loadBackend: () => Promise<Backend>;
  hooks: TrainingHooks;
}

/**
 * A whole run in this process: data, training, evaluation on the test set, both exports checked against each other,
 * reports.
 *
 * @returns the artifacts' files
 * @throws TrainingError
 */
export async function runTraining(input: RunTrainingInput): Promise<ArtifactFile[]> {
  const started = performance.now();
  const { spec, workDir, hooks } = input;
  const [backend, data] = await Promise.all([input.loadBackend(), loadData(input.data, spec)]);
  const network = planNetwork(ARCHITECTURES[spec.architecture]);
  const identity = runIdentity(spec, input.data.digest, backend);
  const checkpoint = input.resumeFromCheckpoint ? await readCheckpoint(workDir, identity, network) : undefined;
  const { tensorflowVersion } = backend;
  hooks.onReady({
    engine: backend.name,
    ...(tensorflowVersion ? { tensorflowVersion } : {}),
    threads: backend.threads,
    resumedEpochs: checkpoint?.epochs.length ?? 0,
    loadSeconds: (performance.now() - started) / 1000,
  });

  const { session, epochs } = await fitNetwork({ backend, network, spec, data, workDir, identity, checkpoint, hooks });
  const between = async (): Promise<void> => hooks.throwIfStopped();
  const evaluation = evaluate(await predictPart(session, data.test, between), data.test);
  const { weights } = session.state();
  session.dispose();
  hooks.onEvaluated(evaluation);

  const folder = path.join(workDir, "artifacts");
  const models = await writeModels(folder, network, weights);
  const exportDifference = await verifyExport(models.modelJson, models.onnx, data.test);
  await writeReports(folder, {
    spec,
    network,
    epochs,
    evaluation,
    dataDigest: input.data.digest,
    engine: {
      name: backend.name,
      version: backend.version,
      ...(tensorflowVersion ? { tensorflowVersion } : {}),
      threads: backend.threads,
    },
    attempt: input.attempt,
    counts: {
      train: data.train.indices.length,
      validation: data.validation.indices.length,
      test: data.test.indices.length,
    },
    exportDifference,
  });
  return listArtifacts(folder);
}

/** What must be equal for a checkpoint to be continued. `metricsEveryBatches` changes no weight. */
function runIdentity(spec: TrainSpec, dataDigest: string, backend: Backend): string {
  const { metricsEveryBatches: _, ...deciding } = spec;
  const engine = { version: backend.version, threads: backend.threads };
  const text = JSON.stringify([Object.entries(deciding).sort(), dataDigest, engine]);
  return createHash("sha256").update(text).digest("hex");
}
