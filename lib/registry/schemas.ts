import { z } from "zod";
import { STAGES } from "#lib/registry/status.ts";

/** Browser-safe: what the room takes and gives. */

const isoDate = z.iso.datetime();
const StageSchema = z.enum(STAGES);
/**
 * Letters and digits of any script, spaces and `_ . - ( ) [ ] + , = &`: nothing that means something in a path, a URI of
 * MLflow (`/ : @`), a policy (`*`) or the name of a deleted model (`~`). `.` and `..` are no names. Taken in NFC, so that
 * what looks alike is alike.
 */
export const ModelName = z
  .string()
  .min(1)
  .max(255)
  .normalize("NFC")
  // Not as a pattern of the API's description: JSON Schema has no classes of Unicode.
  .refine(
    (name) => /^(?! )(?!\.{1,2}$)[\p{L}\p{M}\p{N}_.\-()[\]+,=& ]+(?<! )$/u.test(name),
    "is made of letters, digits, spaces inside, and _ . - ( ) [ ] + , = &",
  );
const VersionNumber = z.coerce.number().int().min(1).max(2_147_483_647);

/** Where a version comes from. What a run does not say is null. */
export const Lineage = z.object({
  datasetName: z.string().nullable(),
  datasetVersion: z.int().nullable(),
  datasetDigest: z.string().nullable(),
  /** Drawn by the generator, not written by people. */
  synthetic: z.boolean().nullable(),
  codeRevision: z.string().nullable(),
  seed: z.int().nullable(),
  engine: z.string().nullable(),
  strategy: z.string().nullable(),
  params: z.record(z.string(), z.string()),
});
export type Lineage = z.infer<typeof Lineage>;

export const ModelVersion = z.object({
  /** `mv_…`. */
  id: z.string(),
  modelName: z.string(),
  version: z.int().min(1),
  stage: StageSchema,
  runId: z.string().nullable(),
  /** SHA-256 of the ONNX file, hex; it is also the blob's name. Null: it has none, and cannot be served. */
  onnxDigest: z.string().nullable(),
  /** Of the ONNX file; of all files where there is none. */
  sizeBytes: z.int().min(0),
  description: z.string(),
  /** Where its maker says it is from, such as `runs:/…/model` or `models:/m-…`. */
  source: z.string(),
  loggedModelId: z.string().nullable(),
  tags: z.record(z.string(), z.string()),
  /** Newest values of the run's finite metrics; `test_accuracy` is a fraction in 0..1. */
  metrics: z.record(z.string(), z.number()),
  lineage: Lineage,
  aliases: z.array(z.string()),
  createdBy: z.string(),
  createdAt: isoDate,
  updatedAt: isoDate,
});
export type ModelVersion = z.infer<typeof ModelVersion>;

export const StageTransition = z.object({
  version: z.int().min(1),
  from: StageSchema,
  to: StageSchema,
  actor: z.string(),
  reason: z.string(),
  /** The approval request that it was made on. */
  approvalId: z.string().nullable(),
  at: isoDate,
});
export type StageTransition = z.infer<typeof StageTransition>;

/** How much harm a wrong answer does: policies may ask more of a risky model. */
const RISKS = ["low", "medium", "high"] as const;
const RiskSchema = z.enum(RISKS);
export type Risk = z.infer<typeof RiskSchema>;

export const ModelSummary = z.object({
  name: z.string(),
  description: z.string(),
  risk: RiskSchema,
  versionCount: z.int().min(0),
  latestVersion: z.int().min(1).nullable(),
  /** The version in Production. */
  productionVersion: z.int().min(1).nullable(),
  /** Its accuracy on the test set, 0..1. */
  productionAccuracy: z.number().nullable(),
  aliases: z.record(z.string(), z.int()),
  tags: z.record(z.string(), z.string()),
  createdAt: isoDate,
  updatedAt: isoDate,
});
export type ModelSummary = z.infer<typeof ModelSummary>;

/** Newest version first. */
export const ModelDetail = ModelSummary.extend({ versions: z.array(ModelVersion) });
export type ModelDetail = z.infer<typeof ModelDetail>;

/** Newest transition first. */
export const VersionDetail = ModelVersion.extend({
  transitions: z.array(StageTransition),
  /** The command that trains this version again and says whether the result is the same. */
  reproduce: z.string(),
});
export type VersionDetail = z.infer<typeof VersionDetail>;

export const ModelParams = z.object({ name: ModelName });
export const VersionParams = z.object({ name: ModelName, version: VersionNumber });
export const RegisterBody = z.strictObject({ runId: z.string().regex(/^[0-9a-f]{32}$/) });
export const StageBody = z.strictObject({
  stage: StageSchema,
  reason: z.string().trim().max(2_000).default(""),
});
/** MLflow's clients may write `latest` and `v<number>` for versions. */
export const AliasName = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/, "is made of letters, digits, _ - and, inside, .")
  .refine((alias) => !/^(latest|v\d+)$/i.test(alias), "latest and v<number> are names of versions");
export const AliasParams = z.object({ name: ModelName, alias: AliasName });
export const AliasBody = z.strictObject({
  version: z.int().min(1).max(2_147_483_647),
  reason: z.string().trim().max(2_000).default(""),
});
export const ReasonQuery = z.object({ reason: z.string().trim().max(2_000).optional() });
export const ModelBody = z
  .strictObject({ description: z.string().trim().max(5_000).optional(), risk: RiskSchema.optional() })
  .refine(({ description, risk }) => description !== undefined || risk !== undefined, "nothing to change");
export const ModelList = z.object({ items: z.array(ModelSummary) });
export const HistoryReply = z.object({ items: z.array(StageTransition) });
