import { z } from "zod";
import { CalibrationBin, ClassScore } from "#lib/engine/schemas.ts";

/**
 * Browser-safe: what reviewers are shown of a version, beside the version that it would replace. Ratios are 0..1, changes
 * −1..1 and always candidate − champion. Both versions are run anew on the same test images: nothing here is taken from what a run said of itself.
 */

const isoDate = z.iso.datetime();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const ratio = z.number().min(0).max(1);
const change = z.number().min(-1).max(1);
const count = z.int().min(0);
const digit = z.int().min(0).max(9);

/** A proportion or a change of one, with its interval at `level` (0.95). */
export const Interval = z.object({ estimate: change, lower: change, upper: change, level: ratio });
export type Interval = z.infer<typeof Interval>;

/** A version as evaluated for this evidence. */
export const EvidenceSide = z.object({
  version: z.int().min(1),
  versionId: z.string(),
  runId: z.string().nullable(),
  /** The actor's name as in the record. */
  createdBy: z.string(),
  createdAt: isoDate,
  onnxDigest: sha256.nullable(),
  sizeBytes: count,
  /** What it was trained on and by which code; null: not on record. */
  trainedOn: z.object({
    datasetName: z.string().nullable(),
    datasetVersion: z.int().nullable(),
    datasetDigest: z.string().nullable(),
    synthetic: z.boolean().nullable(),
    /** Images in the dataset's training part; null when the dataset is not in this project any more. */
    trainCount: count.nullable(),
    codeRevision: z.string().nullable(),
    seed: z.int().nullable(),
    engine: z.string().nullable(),
  }),
  correct: count,
  /** Wilson's interval. */
  accuracy: Interval,
  /** Mean cross entropy, nats. */
  loss: z.number().min(0),
  perClass: z.array(ClassScore).length(10),
  /** `confusion[label][predicted]` counts. */
  confusion: z.array(z.array(count).length(10)).length(10),
  /** Expected calibration error over 15 equal bins. */
  calibrationError: ratio,
  calibrationBins: z.array(CalibrationBin).length(15),
});
export type EvidenceSide = z.infer<typeof EvidenceSide>;

const Answer = z.object({ predicted: digit, confidence: ratio });

/** A test image that the two versions read differently. */
export const Disagreement = z.object({
  /** Position in the test set. */
  index: count,
  label: digit,
  /** `lost`: only the champion is right; `won`: only the candidate; `both_wrong`: neither, each in its own way. */
  kind: z.enum(["lost", "won", "both_wrong"]),
  candidate: Answer,
  champion: Answer,
  /** The 28 × 28 image, one byte a pixel, base64. */
  pixels: z.string(),
});
export type Disagreement = z.infer<typeof Disagreement>;

/** One measure of the training images, compared by ten-bin histograms. */
const MeasureDrift = z.object({
  /** Means over the training images, 0..1. */
  candidateMean: ratio,
  championMean: ratio,
  /** Population stability index: under 0.1 little, over 0.25 much. */
  psi: z.number().min(0),
  /** Two-sample Kolmogorov–Smirnov: the widest gap of the distributions, and its p-value. */
  ks: ratio,
  ksP: ratio,
  candidateHistogram: z.array(ratio).length(10),
  championHistogram: z.array(ratio).length(10),
});

/** How the two training sets differ. */
export const TrainingDrift = z.object({
  /** Same bytes: nothing can have drifted. */
  sameData: z.boolean(),
  /** Shares of each digit 0..9. */
  candidateShares: z.array(ratio).length(10),
  championShares: z.array(ratio).length(10),
  classPsi: z.number().min(0),
  /** Share of pixels that are at least half bright: how much is written. */
  ink: MeasureDrift,
  /** Mean brightness of the pixels that are not black: how strongly it is written. */
  brightness: MeasureDrift,
});
export type TrainingDrift = z.infer<typeof TrainingDrift>;

export const ClassChange = z.object({
  label: digit,
  /** Test images of this digit. */
  support: count,
  precision: change,
  f1: change,
  /** Newcombe's paired interval over the images of this digit. */
  recall: Interval,
});
export type ClassChange = z.infer<typeof ClassChange>;

export const Comparison = z.object({
  /** How many images both, only one, or neither reads rightly. */
  table: z.object({ bothRight: count, onlyCandidateRight: count, onlyChampionRight: count, bothWrong: count }),
  /** Candidate's accuracy − champion's, with Newcombe's paired interval (method 10). */
  difference: Interval,
  /** McNemar's two-sided test that both are equally often right: `midP` decides, `exactP` is the conservative one. */
  mcnemar: z.object({ midP: ratio, exactP: ratio }),
  calibrationErrorChange: change,
  perClass: z.array(ClassChange).length(10),
  disagreements: z.object({
    total: count,
    lost: count,
    won: count,
    bothWrong: count,
    /** At most 200, of each kind the most confident: lost first, then won, then both_wrong. */
    images: z.array(Disagreement).max(200),
  }),
  /** Null with the reason in `driftMissing`: a training set is not known or not here any more. */
  drift: TrainingDrift.nullable(),
  driftMissing: z.string().nullable(),
  /** Parameters that differ; null: not set. */
  paramChanges: z.array(
    z.object({ key: z.string(), candidate: z.string().nullable(), champion: z.string().nullable() }),
  ),
  /** Candidate's size − champion's. */
  sizeBytesChange: z.int(),
});
export type Comparison = z.infer<typeof Comparison>;

/** The same versions and test set give the same facts, bit for bit, whenever and by whomever they are computed. */
export const EvidenceFacts = z.object({
  modelName: z.string(),
  testSet: z.object({
    datasetVersionId: z.string(),
    datasetName: z.string(),
    datasetVersion: z.int().min(1),
    /** Of the whole dataset version, training part included. */
    datasetDigest: sha256,
    /** Drawn by the generator, not written by people. */
    synthetic: z.boolean(),
    count: z.int().min(1),
    /** The champion was trained on another dataset version: these images may be new to it, or among its training images. */
    foreignToChampion: z.boolean(),
  }),
  candidate: EvidenceSide,
  /** Null: nothing was in Production, so there is nothing to compare with. */
  champion: EvidenceSide.nullable(),
  comparison: Comparison.nullable(),
  /** Ids of users who made what is to be approved, as the request has them. */
  contributors: z.array(z.string()),
});
export type EvidenceFacts = z.infer<typeof EvidenceFacts>;

/** Milliseconds for one image, one thread, in the worker that measured. */
const Latency = z.object({ p50Ms: z.number().min(0), p99Ms: z.number().min(0) });

/** What another computation would find otherwise: kept apart, and out of everything that is compared. */
const EvidenceMeasured = z.object({
  at: isoDate,
  /** Single images, alternately through both versions; of three rounds each version's quickest, since the machine may be busy. */
  latency: z.object({ samples: z.int().min(1), candidate: Latency, champion: Latency.nullable() }),
  /** How many pairs of versions have been compared on this test set, this one included: after many, its p-values say little. */
  testSetComparisons: count,
});
export const Evidence = z.object({
  format: z.literal(1),
  facts: EvidenceFacts,
  /** SHA-256 of the canonical JSON of `facts`: equal digests, equal facts. The request's evidence digest covers all. */
  factsDigest: sha256,
  measured: EvidenceMeasured,
});
export type Evidence = z.infer<typeof Evidence>;

/** What must hold before a request can be executed. Part of a policy. */
export const Gate = z.discriminatedUnion("kind", [
  /** Lower bound of the accuracy difference's paired 95 % interval at least this, such as −0.002. */
  z.strictObject({ kind: z.literal("accuracy_lower_bound"), threshold: change }),
  /** The candidate's p99 for one image at most this. */
  z.strictObject({ kind: z.literal("p99_latency_ms"), threshold: z.number().positive().max(60_000) }),
  /** No digit's recall down by more than this. */
  z.strictObject({ kind: z.literal("class_recall_drop"), threshold: ratio }),
  /** Every section of the model card that a person must write is written. */
  z.strictObject({ kind: z.literal("card_complete") }),
  /** The evidence at most this old. */
  z.strictObject({ kind: z.literal("evidence_age_hours"), threshold: z.number().positive().max(8_760) }),
]);
export type Gate = z.infer<typeof Gate>;
export const GATE_KINDS = [
  "accuracy_lower_bound",
  "p99_latency_ms",
  "class_recall_drop",
  "card_complete",
  "evidence_age_hours",
] as const satisfies readonly Gate["kind"][];

export const GateResult = z.object({
  kind: z.enum(GATE_KINDS),
  threshold: z.number().nullable(),
  /** What was found; null: nothing to measure. */
  value: z.number().nullable(),
  holds: z.boolean(),
  /** A sentence for people. */
  why: z.string(),
});
export type GateResult = z.infer<typeof GateResult>;
