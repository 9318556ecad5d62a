import { z } from "zod";
import {
  ArtifactFile,
  BatchReport,
  DatasetFiles,
  EngineName,
  EpochReport,
  Evaluation,
  TrainSpec,
} from "#lib/engine/schemas.ts";

/**
 * The conversation between a worker and its training child, over Node's IPC channel (advanced serialisation).
 * The child waits for the acknowledgement of every epoch before it goes on, and exits when the channel closes.
 */

/** Codes of a run that failed; `retryable` in the message decides whether another attempt may help. */
const FAILURE_CODES = [
  "engine_unavailable",
  "data_invalid",
  "loss_not_finite",
  "checkpoint_invalid",
  "onnx_mismatch",
  "cancelled",
  "child_died",
  "internal",
] as const;
export const FailureCode = z.enum(FAILURE_CODES);
export type FailureCode = z.infer<typeof FailureCode>;

export const ParentMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("start"),
    spec: TrainSpec,
    data: DatasetFiles,
    /** Absolute; checkpoints and artifacts are written below it. Survives between attempts of one run. */
    workDir: z.string().min(1),
    attempt: z.int().min(1),
    resumeFromCheckpoint: z.boolean(),
  }),
  z.object({ type: z.literal("ack"), epoch: z.int().min(1) }),
  z.object({ type: z.literal("cancel") }),
]);
export type ParentMessage = z.infer<typeof ParentMessage>;

export const Ready = z.object({
  engine: EngineName,
  /** TensorFlow's own version; native only. */
  tensorflowVersion: z.string().optional(),
  threads: z.int().min(1),
  /** Epochs that the checkpoint already holds; training goes on with the next. */
  resumedEpochs: z.int().min(0),
  /** Seconds from start to the first step: loading the engine, the data and the checkpoint. */
  loadSeconds: z.number().min(0),
});
export type Ready = z.infer<typeof Ready>;

export const ChildMessage = z.discriminatedUnion("type", [
  z.object({ type: z.literal("ready"), ready: Ready }),
  z.object({ type: z.literal("batch"), report: BatchReport }),
  z.object({ type: z.literal("epoch"), report: EpochReport }),
  z.object({ type: z.literal("evaluated"), evaluation: Evaluation }),
  z.object({ type: z.literal("artifacts"), files: z.array(ArtifactFile) }),
  z.object({
    type: z.literal("failed"),
    code: FailureCode,
    message: z.string(),
    epoch: z.int().optional(),
    batch: z.int().optional(),
    retryable: z.boolean(),
  }),
  z.object({ type: z.literal("done") }),
]);
export type ChildMessage = z.infer<typeof ChildMessage>;

/** What `trainInChild` rejects with, and what the engine throws inside the child. Recognised by `code`. */
export class TrainingError extends Error {
  readonly code: FailureCode;
  readonly retryable: boolean;
  readonly epoch: number | undefined;
  readonly batch: number | undefined;

  constructor(
    code: FailureCode,
    message: string,
    options: { retryable?: boolean; epoch?: number; batch?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "TrainingError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.epoch = options.epoch;
    this.batch = options.batch;
  }
}
