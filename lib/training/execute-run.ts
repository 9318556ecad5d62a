import { rm } from "node:fs/promises";
import { join } from "node:path";
import { materialise } from "#lib/datasets/materialise.ts";
import { prepareDataset } from "#lib/datasets/prepare-dataset.ts";
import { type TrainInChildResult, trainInChild } from "#lib/engine/child/train-in-child.ts";
import { availableEngines } from "#lib/engine/engines.ts";
import { type EngineName, TrainSpec } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { NotifyHub } from "#lib/platform/notify.ts";
import { putArtifact, setTags } from "#lib/tracking/index.ts";
import { chooseEngine } from "#lib/training/choose-engine.ts";
import { claimRun } from "#lib/training/claim-run.ts";
import { codeRevision } from "#lib/training/code-revision.ts";
import { type Attempt, fenced } from "#lib/training/fenced.ts";
import { MLMODEL_PATH, mlmodelOf } from "#lib/training/mlmodel.ts";
import { createProgressLog, isRunLost } from "#lib/training/progress-log.ts";
import { keepRun, type RunKeeper } from "#lib/training/run-keeper.ts";
import { finishRun, type RunOutcome, settleBrokenRun } from "#lib/training/settle-run.ts";
import { type JobRow, selectSiblingDataset, updateDatasetVersion } from "#lib/training/store/jobs.ts";

/** What a worker gives a run. */
export interface TrainingPlace {
  /** Names the worker: `<host>/<pid>/<nonce>`. */
  workerId: string;
  /** ASSAY_ENGINES. */
  engines: "auto" | "native" | "wasm" | "off";
  /** ASSAY_HOME; the work folders of runs stand in it. */
  home: string;
  /** ASSAY_CACHE; engines and datasets. */
  cacheDir: string;
  /** ASSAY_DATA_DIR. */
  dataDir: string | undefined;
  /** The child's entry: source in development, bundle in production. */
  childEntry: string;
  hub: NotifyHub;
  /** Aborted when the worker is told to stop. */
  shutdown: AbortSignal;
}

export interface ExecuteRunInput {
  runId: string;
  /** Failures before this attempt that another attempt may mend. */
  failures: number;
}

/** Where a run's checkpoint and artifacts stand while it trains. */
export function workFolder(home: string, runId?: string): string {
  return join(home, "work", "runs", runId ?? "");
}

/**
 * Does a run from wherever it stands: claims it, gets the data and the engine, trains in a child process, keeps what the
 * child reports, and settles the run. May be called any number of times for one run by any number of workers: every write
 * is fenced by the attempt. A run that cannot end here (shutdown, a failure that may pass) goes back to the queue.
 *
 * @returns what became of it; throws only when that could not be written (the reconciler then finds the run)
 */
export async function executeRun(ctx: Ctx, place: TrainingPlace, input: ExecuteRunInput): Promise<RunOutcome> {
  const claim = await claimRun(ctx, { runId: input.runId, workerId: place.workerId });
  if ("skipped" in claim) {
    return { outcome: "skipped", reason: claim.skipped };
  }
  const attempt: Attempt = { runId: input.runId, attempt: claim.attempt };
  const keeper = await keepRun(ctx, attempt, { hub: place.hub, shutdown: place.shutdown });
  try {
    const result = await train(ctx, place, claim.job, attempt, keeper);
    await finishRun(ctx, attempt, claim.job.spec.epochs, result.evaluation);
    await rm(workFolder(place.home, input.runId), { recursive: true, force: true });
    return { outcome: "finished" };
  } catch (error) {
    if (isRunLost(error) || keeper.reason() === "lost") {
      return { outcome: "lost" };
    }
    return await settleBrokenRun(ctx, attempt, { reason: keeper.reason(), error, failures: input.failures });
  } finally {
    keeper.close();
  }
}

/** Attempts of a run, and the runs of a strategy that left the choice open, are trained on the same data. */
async function settledDataset(ctx: Ctx, job: JobRow): Promise<string | undefined> {
  if (job.datasetVersionId !== null) {
    return job.datasetVersionId;
  }
  return job.dataset === "auto" && job.strategyRunId !== null
    ? selectSiblingDataset(ctx, job.strategyRunId)
    : undefined;
}

/** What the same spec and data may come out differently on. */
async function engineBuild(engine: EngineName, cacheDir: string): Promise<string> {
  const version = (await availableEngines(cacheDir)).find((status) => status.name === engine)?.version;
  return `${engine} ${version ?? "of an unknown version"}, ${process.platform} ${process.arch}, Node ${process.version}`;
}

async function train(
  ctx: Ctx,
  place: TrainingPlace,
  job: JobRow,
  attempt: Attempt,
  keeper: RunKeeper,
): Promise<TrainInChildResult> {
  const { runId } = attempt;
  const tag = (tags: Record<string, string | null>) => fenced(ctx, attempt, (tx) => setTags(tx, { runId, tags }));

  const dataset = await prepareDataset(ctx, place, {
    source: job.dataset,
    settledOn: await settledDataset(ctx, job),
    onProgress: (message) => void tag({ message }).catch(() => undefined),
  });
  keeper.signal.throwIfAborted();
  const { version } = dataset;
  await fenced(ctx, attempt, async (tx) => {
    await updateDatasetVersion(tx, runId, version.id);
    await setTags(tx, {
      runId,
      tags: {
        dataset: version.datasetName,
        "dataset.version": String(version.version),
        "dataset.digest": version.digest,
        "dataset.synthetic": String(version.synthetic),
        "dataset.reason": dataset.reason,
        "code.revision": await codeRevision(),
      },
    });
  });
  const data = await materialise(ctx, place, version.id);

  const { engine, reason } = await chooseEngine({
    choice: job.spec.engine,
    mode: place.engines,
    home: place.home,
    cacheDir: place.cacheDir,
    signal: keeper.signal,
    onWait: (message) => tag({ message }),
  });
  await tag({
    engine,
    "engine.reason": reason,
    "engine.build": await engineBuild(engine, place.cacheDir),
    message: null,
  });

  const progress = createProgressLog(ctx, attempt);
  const result = await trainInChild({
    spec: TrainSpec.parse({ ...job.spec, engine }),
    data,
    workDir: workFolder(place.home, runId),
    attempt: attempt.attempt,
    resume: attempt.attempt > 1,
    entry: place.childEntry,
    onReady: (ready) => progress.ready(ready),
    onBatch: (report) => progress.batch(report),
    onEpoch: (report) => progress.epoch(report),
    signal: keeper.signal,
  }).finally(() => progress.close());

  for (const file of result.artifacts) {
    keeper.signal.throwIfAborted();
    await putArtifact(ctx, { runId, path: file.path, source: { file: file.file } });
  }
  const mlmodel = Buffer.from(mlmodelOf({ id: runId, at: ctx.clock.now() }));
  await putArtifact(ctx, { runId, path: MLMODEL_PATH, source: mlmodel, mediaType: "application/yaml" });
  return result;
}
