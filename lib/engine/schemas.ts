import { z } from "zod";
import { ARCHITECTURE_NAMES } from "#lib/engine/architectures.ts";

/** Browser-safe: zod and plain data only. What a training run is asked to do, reads, reports and leaves behind. */

export const EngineName = z.enum(["native", "wasm"]);
export type EngineName = z.infer<typeof EngineName>;

export const LearningRateSchedule = z.enum(["constant", "cosine"]);
export type LearningRateSchedule = z.infer<typeof LearningRateSchedule>;

/** Everything that decides the weights of a run: the same spec, data and engine build give the same model, bit for bit. */
export const TrainSpec = z.strictObject({
  engine: EngineName,
  architecture: z.enum(ARCHITECTURE_NAMES),
  epochs: z.int().min(1).max(200),
  batchSize: z.int().min(1).max(1024),
  /** Peak rate; `cosine` falls from it to 0 over the whole run. */
  learningRate: z.number().positive().max(1),
  optimizer: z.literal("adam").default("adam"),
  schedule: LearningRateSchedule.default("constant"),
  /** Small random shifts, turns, scalings and shears of every training image, drawn anew each epoch. */
  augment: z.boolean().default(false),
  seed: z.int().min(0).max(0xffff_ffff).default(42),
  /** At most this many training images, chosen by seed; absent: all of them. */
  trainLimit: z.int().min(1).max(10_000_000).optional(),
  /** `test`: all training images are trained on and val_* is the test set. `split`: a twelfth (5,000 of 60,000) is held out by seed. */
  validation: z.enum(["test", "split"]).default("test"),
  /** A `batch` report every so many batches. */
  metricsEveryBatches: z.int().min(1).max(100_000).default(20),
});
export type TrainSpec = z.infer<typeof TrainSpec>;
export type TrainSpecInput = z.input<typeof TrainSpec>;

/** Raw uint8 files by absolute path: images are n × 784 bytes, labels n bytes of 0..9. `digest` names the content (sha256, hex). */
export const DatasetFiles = z.strictObject({
  trainImages: z.string().min(1),
  trainLabels: z.string().min(1),
  testImages: z.string().min(1),
  testLabels: z.string().min(1),
  digest: z.string().min(1),
});
export type DatasetFiles = z.infer<typeof DatasetFiles>;

const ratio = z.number().min(0).max(1);
const digit = z.int().min(0).max(9);

export const ClassScore = z.object({
  label: digit,
  precision: ratio,
  recall: ratio,
  f1: ratio,
  /** How many test images truly have this label. */
  support: z.int().min(0),
});
export type ClassScore = z.infer<typeof ClassScore>;

export const CalibrationBin = z.object({
  /** Lower and upper bound of the confidence, 0..1; the upper bound belongs to the bin. */
  from: ratio,
  to: ratio,
  count: z.int().min(0),
  /** Means over the bin; 0 where it is empty. */
  confidence: ratio,
  accuracy: ratio,
});
export type CalibrationBin = z.infer<typeof CalibrationBin>;

export const Mistake = z.object({
  /** Position in the test set. */
  index: z.int().min(0),
  label: digit,
  predicted: digit,
  confidence: ratio,
  /** The 28 × 28 image, one byte a pixel, base64. */
  pixels: z.string(),
});
export type Mistake = z.infer<typeof Mistake>;

export const Evaluation = z.object({
  accuracy: ratio,
  /** Mean cross entropy, nats. */
  loss: z.number().min(0),
  perClass: z.array(ClassScore).length(10),
  /** `confusion[label][predicted]` counts. */
  confusion: z.array(z.array(z.int().min(0)).length(10)).length(10),
  /** Expected calibration error over 15 equal bins of confidence (Guo et al. 2017), 0..1. */
  calibrationError: ratio,
  calibrationBins: z.array(CalibrationBin).length(15),
  /** The most confident mistakes, at most 24, most confident first. */
  mistakes: z.array(Mistake).max(24),
  /** Images evaluated. */
  count: z.int().min(1),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const BatchReport = z.object({
  /** Epoch counted from 1; batch counted from 1 within it; step counted from 1 over the run. */
  epoch: z.int().min(1),
  batch: z.int().min(1),
  step: z.int().min(1),
  /** Running means over the epoch so far. */
  loss: z.number(),
  accuracy: ratio,
  samplesPerSecond: z.number().min(0),
  learningRate: z.number().min(0),
});
export type BatchReport = z.infer<typeof BatchReport>;

export const EpochReport = z.object({
  epoch: z.int().min(1),
  loss: z.number(),
  accuracy: ratio,
  valLoss: z.number(),
  valAccuracy: ratio,
  /** Training only, validation not counted. */
  samplesPerSecond: z.number().min(0),
  /** The whole epoch, validation and checkpoint included. */
  seconds: z.number().min(0),
  /** The rate of the last step of the epoch. */
  learningRate: z.number().min(0),
  rssBytes: z.int().min(0),
  peakRssBytes: z.int().min(0),
});
export type EpochReport = z.infer<typeof EpochReport>;

export const ArtifactFile = z.object({
  /** Path within the run's artifacts, such as `model/model.json`. */
  path: z.string().min(1),
  /** Absolute path of the file in the run's work folder. */
  file: z.string().min(1),
  sizeBytes: z.int().min(0),
});
export type ArtifactFile = z.infer<typeof ArtifactFile>;

/** Whether an engine can run here, without loading it. `reason` is a sentence for people. */
export const EngineStatus = z.object({
  name: EngineName,
  available: z.boolean(),
  version: z.string().nullable(),
  reason: z.string(),
});
export type EngineStatus = z.infer<typeof EngineStatus>;
