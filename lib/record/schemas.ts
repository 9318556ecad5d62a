import { z } from "zod";
import { ClassScore } from "#lib/engine/schemas.ts";
import { PageQuery, pageOf } from "#lib/platform/pagination.ts";
import { CardCompleteness, CardTexts } from "#lib/registry/card-schemas.ts";
import { Lineage, ModelName } from "#lib/registry/schemas.ts";
import { STAGES } from "#lib/registry/status.ts";

/** Browser-safe: what the room takes and gives. What a reproduction says is `Reproduction` of lib/training/schemas.ts. */

const isoDate = z.iso.datetime();
const isoTime = z.iso.datetime({ offset: true });
const Stage = z.enum(STAGES);
const ratio = z.number().min(0).max(1);

/** Who acted: `user:usr_…`, `apiKey:key_…`, `system:…`, and a name for people: `Ana`, or `the key "ci" of Ana`. */
const ActorName = z.object({ actor: z.string(), label: z.string() });

// --- the audit log ---

/** The project's chain, or the instance's (people, projects, denied attempts, the record itself). */
export const ChainChoice = z.enum(["project", "instance"]);
export type ChainChoice = z.infer<typeof ChainChoice>;

/** Details about a person, kept apart from the chain so that they can be erased. */
const PersonalDetail = z.object({
  id: z.string(),
  /** Null once erased, and for readers who are not admins. */
  body: z.record(z.string(), z.unknown()).nullable(),
  erasedAt: isoDate.nullable(),
});

export const AuditEventRow = z.object({
  /** `project:<id>` or `instance`. */
  chain: z.string(),
  /** From 1, without gaps. */
  seq: z.int().min(1),
  at: isoDate,
  actor: z.string(),
  /** The actor for people; the actor itself where nobody knows a name. */
  actorLabel: z.string(),
  onBehalfOf: z.string().nullable(),
  /** Such as `version.promote`. */
  action: z.string(),
  /** Such as `version:digits/3`. */
  subject: z.string(),
  /** Before and after, by action. */
  detail: z.record(z.string(), z.unknown()),
  personal: PersonalDetail.nullable(),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
  prev: z.string(),
  hash: z.string(),
  /** A signed checkpoint outside the database covers it. */
  anchored: z.boolean(),
});
export type AuditEventRow = z.infer<typeof AuditEventRow>;

/** What of the log: every field narrows it down. */
const auditFilter = {
  chain: ChainChoice.default("project"),
  /** `user:usr_…` exactly, or the start of one such as `system:`. */
  actor: z.string().trim().max(200).optional(),
  /** The start of an action: `version.` finds all that happened to versions. */
  action: z.string().trim().max(100).optional(),
  /** `version:digits/3` exactly, or its start: `version:digits/`. */
  subject: z.string().trim().max(300).optional(),
  /** Not before. */
  from: isoTime.optional(),
  /** Before. */
  to: isoTime.optional(),
  /** Text anywhere in action, subject, actor or detail, without regard to case. */
  q: z.string().trim().max(200).optional(),
  requestId: z.string().trim().max(200).optional(),
};
/** Newest first. */
export const AuditQuery = PageQuery.extend(auditFilter);
export type AuditQuery = z.infer<typeof AuditQuery>;
export const AuditPage = pageOf(AuditEventRow);
export type AuditPage = z.infer<typeof AuditPage>;
/** Oldest first. */
export const AuditExportQuery = z.object({ ...auditFilter, format: z.enum(["jsonl", "csv"]).default("jsonl") });
export type AuditExportQuery = z.infer<typeof AuditExportQuery>;

/** An attempt that was refused (401, 403). */
export const DeniedAttemptRow = z.object({
  id: z.int().min(1),
  at: isoDate,
  actor: z.string(),
  actorLabel: z.string(),
  ip: z.string().nullable(),
  /** Such as `POST /api/models/{name}/versions/{version}/stage`. */
  action: z.string(),
  reason: z.string(),
  requestId: z.string().nullable(),
});
export type DeniedAttemptRow = z.infer<typeof DeniedAttemptRow>;
export const DeniedQuery = PageQuery.extend({
  actor: auditFilter.actor,
  ip: z.string().trim().max(64).optional(),
  from: isoTime.optional(),
  to: isoTime.optional(),
  /** Text in the action or reason. */
  q: z.string().trim().max(200).optional(),
});
export type DeniedQuery = z.infer<typeof DeniedQuery>;
export const DeniedPage = pageOf(DeniedAttemptRow);
export type DeniedPage = z.infer<typeof DeniedPage>;

export const ErasePersonalParams = z.object({ id: z.string().regex(/^per_[\w-]{22}$/) });
export const ErasePersonalBody = z.strictObject({ reason: z.string().trim().min(1).max(2_000) });

/** How far a chain is, and how far of it is anchored. */
export const ChainState = z.object({
  chain: z.string(),
  /** 0: nothing on record. */
  headSeq: z.int().min(0),
  headHash: z.string(),
  anchoredSeq: z.int().min(0),
  /** When the newest checkpoint was signed; null: none yet. */
  anchoredAt: isoDate.nullable(),
});
export type ChainState = z.infer<typeof ChainState>;
export const AnchorState = z.object({
  /** The project's chain; and the instance's for instance admins. */
  chains: z.array(ChainState),
  /** First 16 hex digits of the SHA-256 of the public key that signed last; null: nothing was signed yet. */
  keyId: z.string().nullable(),
});
export type AnchorState = z.infer<typeof AnchorState>;

// --- what was in production ---

/** What the approvals' room says about a request; the record itself only knows its id. */
export const ApprovalFact = z.object({
  id: z.string(),
  state: z.string(),
  requestedBy: z.string(),
  requestedByLabel: z.string(),
  reason: z.string(),
  /** Break-glass. */
  emergency: z.boolean(),
  decidedAt: isoDate.nullable(),
  reviews: z.array(
    z.object({ reviewer: z.string(), label: z.string(), decision: z.string(), comment: z.string(), at: isoDate }),
  ),
});
export type ApprovalFact = z.infer<typeof ApprovalFact>;

/** One move of a version. */
export const TimelineEntry = z.object({
  at: isoDate,
  version: z.int().min(1),
  from: Stage,
  to: Stage,
  actor: z.string(),
  actorLabel: z.string(),
  reason: z.string(),
  approvalId: z.string().nullable(),
  approval: ApprovalFact.nullable(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

/** How long a version was in a stage. */
export const StageBar = z.object({
  stage: Stage,
  from: isoDate,
  /** Null: it still is. */
  to: isoDate.nullable(),
  actor: z.string(),
  actorLabel: z.string(),
  approvalId: z.string().nullable(),
});
export type StageBar = z.infer<typeof StageBar>;

const TrainedOn = z.object({
  datasetName: z.string().nullable(),
  datasetVersion: z.int().nullable(),
  datasetDigest: z.string().nullable(),
  synthetic: z.boolean().nullable(),
});

export const TimelineVersion = z.object({
  version: z.int().min(1),
  stage: Stage,
  aliases: z.array(z.string()),
  registeredAt: isoDate,
  registeredBy: z.string(),
  registeredByLabel: z.string(),
  runId: z.string().nullable(),
  /** On the test set, 0..1. */
  testAccuracy: ratio.nullable(),
  trainedOn: TrainedOn,
  /** Oldest first; the first begins with the registration. */
  bars: z.array(StageBar),
});
export type TimelineVersion = z.infer<typeof TimelineVersion>;

export const Timeline = z.object({
  modelName: ModelName,
  /** When the model was made, and now: the ends of the axis. */
  from: isoDate,
  to: isoDate,
  /** Newest version first. */
  versions: z.array(TimelineVersion),
  /** Newest first. */
  entries: z.array(TimelineEntry),
});
export type Timeline = z.infer<typeof Timeline>;

export const ProductionQuery = z.object({ at: isoTime.optional() });
export const ProductionAt = z.object({
  modelName: ModelName,
  /** The moment asked about; now when none was. */
  at: isoDate,
  /** Null: nothing was in Production. */
  inProduction: z
    .object({
      version: z.int().min(1),
      since: isoDate,
      /** When it left; null: it is still there. */
      until: isoDate.nullable(),
      /** Who put it there, and why. */
      actor: z.string(),
      actorLabel: z.string(),
      reason: z.string(),
      approvalId: z.string().nullable(),
      approval: ApprovalFact.nullable(),
      runId: z.string().nullable(),
      onnxDigest: z.string().nullable(),
      testAccuracy: ratio.nullable(),
      trainedOn: TrainedOn,
      lineage: Lineage,
    })
    .nullable(),
});
export type ProductionAt = z.infer<typeof ProductionAt>;

// --- lineage ---

const LINEAGE_KINDS = ["dataset_version", "run", "strategy_run", "version", "deployment", "approval"] as const;
export const LineageNode = z.object({
  /** `dataset_version:dsv_…`, `run:<32 hex>`, `strategy_run:sr_…`, `version:digits/3`, `deployment:digits`, `approval:apr_…`. */
  id: z.string(),
  kind: z.enum(LINEAGE_KINDS),
  label: z.string(),
  /** The page of it in the console; null where there is none. */
  href: z.string().nullable(),
  /** A few facts to show beside the label, such as `stage: Production`. */
  facts: z.record(z.string(), z.string()),
  /** How many edges from the node asked about. */
  distance: z.int().min(0),
});
export type LineageNode = z.infer<typeof LineageNode>;
export const LineageEdge = z.object({
  from: z.string(),
  to: z.string(),
  /** Read as `from` … `to`: a dataset version trained a run, a run became a version. */
  kind: z.enum(["trained", "member_of", "became", "serves", "approved", "reproduced"]),
});
export type LineageEdge = z.infer<typeof LineageEdge>;
export const LineageQuery = z.object({
  from: z
    .string()
    .max(300)
    .regex(/^(dataset_version|run|strategy_run|version|deployment):.+$/, "such as version:digits/3 or run:<id>"),
  /** Edges to follow, both ways. */
  depth: z.coerce.number().int().min(1).max(8).default(4),
  /** Nodes at most. */
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type LineageQuery = z.infer<typeof LineageQuery>;
export const LineageGraph = z.object({
  from: z.string(),
  nodes: z.array(LineageNode),
  edges: z.array(LineageEdge),
  /** There is more than depth and limit allow. */
  truncated: z.boolean(),
});
export type LineageGraph = z.infer<typeof LineageGraph>;

// --- reconciliation ---

const MISMATCHES = [
  "stage_without_transition",
  "transition_without_approval",
  "transition_not_on_record",
  "champion_differs",
  "served_differs",
  "two_in_production",
] as const;
export const Mismatch = z.object({
  projectId: z.string(),
  modelName: z.string(),
  kind: z.enum(MISMATCHES),
  /** A sentence: what is there and what the record says. */
  message: z.string(),
  /** What to do about it. */
  remedy: z.string(),
  version: z.int().min(1).nullable(),
});
export type Mismatch = z.infer<typeof Mismatch>;
export const ReconcileReport = z.object({
  checkedAt: isoDate,
  ok: z.boolean(),
  /** Models looked at. */
  models: z.int().min(0),
  mismatches: z.array(Mismatch),
});
export type ReconcileReport = z.infer<typeof ReconcileReport>;

// --- model cards: the sections of Mitchell et al. 2019 ---

/** A fraction with its 95 % Wilson interval. */
export const Interval = z.object({ value: ratio, low: ratio, high: ratio });
export type Interval = z.infer<typeof Interval>;

/** A line of facts: name and value as text. */
export const CardFact = z.object({ name: z.string(), value: z.string() });
export type CardFact = z.infer<typeof CardFact>;

export const ModelCard = z.object({
  modelName: ModelName,
  version: z.int().min(1),
  /** Counts the edits; 0: nobody has written anything. Also the ETag: send it as If-Match. */
  revision: z.int().min(0),
  /** SHA-256 of what people wrote: what an approval covers. */
  digest: z.string(),
  completeness: CardCompleteness,
  editors: z.array(ActorName),
  updatedBy: ActorName.nullable(),
  updatedAt: isoDate.nullable(),
  texts: CardTexts,
  /** Model details. */
  details: z.array(CardFact),
  trainingData: z.array(CardFact),
  evaluationData: z.array(CardFact),
  /** Overall; null where the run has no evaluation. */
  metrics: z
    .object({
      count: z.int().min(1),
      accuracy: Interval,
      /** Nats. */
      loss: z.number().min(0),
      calibrationError: ratio,
    })
    .nullable(),
  /** Quantitative analyses, by class. */
  perClass: z.array(ClassScore.extend({ recallInterval: Interval, precisionInterval: Interval })),
  /** `confusion[label][predicted]` counts; empty without an evaluation. */
  confusion: z.array(z.array(z.int().min(0))),
  /** Moves into Staging and Production with their approvals, newest first. */
  approvals: z.array(TimelineEntry),
});
export type ModelCard = z.infer<typeof ModelCard>;

export const CardQuery = z.object({ format: z.enum(["json", "md", "pdf"]).default("json") });
export const PutCardBody = z.strictObject({ texts: CardTexts });
