import { z } from "zod";
import { DATASET_SOURCES } from "#lib/datasets/sources.ts";
import { Evaluation, TrainSpec } from "#lib/engine/schemas.ts";
import { ExperimentName, RunDetail, RunId, RunStatusSchema } from "#lib/tracking/schemas.ts";
import { STRATEGY_STATUSES } from "#lib/training/status.ts";

/** Browser-safe: what the room takes and gives. */

const isoDate = z.iso.datetime();

/** `auto`: native where it is installed, else wasm; the run's tags say which it was and why. */
export const EngineChoice = z.enum(["auto", "native", "wasm"]);
export type EngineChoice = z.infer<typeof EngineChoice>;

/** `auto`: mnist where it can be had, else synthetic-digits; the run's tags say which it was and why. */
export const DatasetChoice = z.enum(["auto", ...DATASET_SOURCES]);
export type DatasetChoice = z.infer<typeof DatasetChoice>;

/** A TrainSpec before the worker has chosen the engine. */
export const RequestedSpec = TrainSpec.extend({ engine: EngineChoice.default("auto") });
export type RequestedSpec = z.infer<typeof RequestedSpec>;
export type RequestedSpecInput = z.input<typeof RequestedSpec>;

const RunName = z.string().trim().min(1).max(250);

export const SubmitRunBody = z.strictObject({
  /** Made from the architecture and learning rate when absent. */
  name: RunName.optional(),
  /** Made when there is none of this name. */
  experiment: ExperimentName.default("digits"),
  dataset: DatasetChoice.default("auto"),
  spec: RequestedSpec,
});
export type SubmitRunInput = z.input<typeof SubmitRunBody>;

/** Fields of the spec that replace those of the strategy. No defaults: an absent field changes nothing. */
export const SpecOverrides = z.strictObject({
  engine: EngineChoice.optional(),
  architecture: TrainSpec.shape.architecture.optional(),
  epochs: TrainSpec.shape.epochs.optional(),
  batchSize: TrainSpec.shape.batchSize.optional(),
  learningRate: TrainSpec.shape.learningRate.optional(),
  schedule: z.enum(["constant", "cosine"]).optional(),
  augment: z.boolean().optional(),
  seed: z.int().min(0).max(0xffff_ffff).optional(),
  trainLimit: z.int().min(1).max(10_000_000).optional(),
  validation: z.enum(["test", "split"]).optional(),
  metricsEveryBatches: z.int().min(1).max(100_000).optional(),
});
export type SpecOverrides = z.infer<typeof SpecOverrides>;

export const SubmitStrategyBody = z.strictObject({
  experiment: ExperimentName.default("digits"),
  dataset: DatasetChoice.default("auto"),
  /** For every run of the strategy. */
  overrides: SpecOverrides.default({}),
  /** For single runs, by their place from 0; they win over `overrides`. */
  runs: z.array(SpecOverrides).max(20).default([]),
});
export type SubmitStrategyInput = z.input<typeof SubmitStrategyBody>;

export const Strategy = z.object({
  name: z.string(),
  title: z.string(),
  about: z.string(),
  /** The best finished run is registered as a version of this model. */
  modelName: z.string(),
  runs: z.array(z.object({ name: z.string(), spec: RequestedSpec })),
});
export type Strategy = z.infer<typeof Strategy>;
export const StrategyList = z.object({ items: z.array(Strategy) });
export const StrategyParams = z.object({ name: z.string().min(1).max(128) });

/** How far a run's training is. */
export const TrainingState = z.object({
  runId: RunId,
  strategyRunId: z.string().nullable(),
  /** Place within the strategy, from 0. */
  position: z.int().min(0),
  dataset: DatasetChoice,
  datasetVersionId: z.string().nullable(),
  spec: RequestedSpec,
  /** How often a worker has taken it up. */
  attempt: z.int().min(0),
  epochsDone: z.int().min(0),
  workerId: z.string().nullable(),
  heartbeatAt: isoDate.nullable(),
  cancelRequestedAt: isoDate.nullable(),
});
export type TrainingState = z.infer<typeof TrainingState>;

/** `GET /api/runs/{id}`: `training` is null for a run that a client tracks by itself. */
export const TrainedRun = RunDetail.extend({
  training: TrainingState.nullable(),
  evaluation: Evaluation.nullable(),
});
export type TrainedRun = z.infer<typeof TrainedRun>;

export const SubmittedRun = z.object({ runId: RunId, name: z.string(), status: RunStatusSchema });
export type SubmittedRun = z.infer<typeof SubmittedRun>;

export const StrategyRun = z.object({
  id: z.string(),
  strategy: z.string(),
  title: z.string(),
  status: z.enum(STRATEGY_STATUSES),
  modelName: z.string(),
  experimentId: z.string(),
  bestRunId: z.string().nullable(),
  createdBy: z.string(),
  createdAt: isoDate,
  endedAt: isoDate.nullable(),
  runs: z.array(
    z.object({
      runId: RunId,
      name: z.string(),
      status: RunStatusSchema,
      position: z.int().min(0),
      epochs: z.int().min(1),
      epochsDone: z.int().min(0),
      /** 0..1; null until evaluated. */
      testAccuracy: z.number().nullable(),
      durationMs: z.int().min(0).nullable(),
    }),
  ),
});
export type StrategyRun = z.infer<typeof StrategyRun>;
export const StrategyRunParams = z.object({ id: z.string().regex(/^sr_[\w-]{22}$/) });

/** Oldest first: what trains and what waits. */
export const QueueReply = z.object({
  running: z.array(
    z.object({
      runId: RunId,
      name: z.string(),
      epochs: z.int().min(1),
      epochsDone: z.int().min(0),
      workerId: z.string().nullable(),
      startedAt: isoDate.nullable(),
      heartbeatAt: isoDate.nullable(),
    }),
  ),
  waiting: z.array(z.object({ runId: RunId, name: z.string(), epochs: z.int().min(1), createdAt: isoDate })),
});
export type QueueReply = z.infer<typeof QueueReply>;

/** `identical`: the same ONNX file, bit for bit. `equivalent`: other bits, the same metrics within the tolerance. */
const REPRODUCTION_VERDICTS = ["identical", "equivalent", "different", "failed"] as const;

/** Something that was not the same the second time, or that explains why the result is not. */
export const ReproductionDifference = z.object({
  /** Such as `code revision`, `engine threads`, `test_accuracy`. */
  what: z.string(),
  original: z.string(),
  again: z.string(),
});
export type ReproductionDifference = z.infer<typeof ReproductionDifference>;

/** A version trained again: a run of the same spec on the same data. */
export const Reproduction = z.object({
  /** The new run. */
  runId: RunId,
  modelName: z.string(),
  version: z.int().min(1),
  originalRunId: RunId,
  status: RunStatusSchema,
  epochs: z.int().min(1),
  epochsDone: z.int().min(0),
  createdAt: isoDate,
  createdBy: z.string(),
  /** Null until the run is over. */
  verdict: z.enum(REPRODUCTION_VERDICTS).nullable(),
  /** One sentence for people. */
  message: z.string(),
  /** Null: the version has no ONNX file. */
  originalDigest: z.string().nullable(),
  /** Null until the run is finished. */
  digest: z.string().nullable(),
  differences: z.array(ReproductionDifference),
  /** How far metrics may lie apart and still count as equivalent. */
  tolerance: z.number(),
});
export type Reproduction = z.infer<typeof Reproduction>;
/** Newest first; `command` trains the version again from a terminal. */
export const ReproductionList = z.object({ command: z.string(), items: z.array(Reproduction) });
