import { z } from "zod";
import { Evidence, GateResult } from "#lib/approvals/evidence/schemas.ts";
import { Eligible, PolicyBody, Target } from "#lib/approvals/policy-schemas.ts";
import { REQUEST_STATES } from "#lib/approvals/status.ts";
import { PageQuery, pageOf } from "#lib/platform/pagination.ts";
import { ModelName } from "#lib/registry/schemas.ts";

export {
  Eligible,
  EligibleSet,
  type Finding,
  Policy,
  PolicyBody,
  PolicyInput,
} from "#lib/approvals/policy-schemas.ts";

/** Browser-safe: what the room takes and gives. */

const isoDate = z.iso.datetime();
const State = z.enum(REQUEST_STATES);
/** Longest text that a person writes here. */
const TEXT_MAX = 4_000;
const Text = z.string().trim().max(TEXT_MAX);
const Reason = Text.min(1, "say why");
const DECISIONS = ["approve", "deny", "request_changes"] as const;
export const Decision = z.enum(DECISIONS);
export type Decision = z.infer<typeof Decision>;

/** Everything that will take effect. Its digest is SHA-256 of its canonical JSON. */
export const Subject = z.object({
  kind: z.enum(["version.stage", "version.alias"]),
  modelName: z.string(),
  version: z.int().min(1),
  target: z.string(),
  /** Null: it has no ONNX file, and cannot be served. */
  onnxDigest: z.string().nullable(),
  /** The version that holds the target now and gives it up; null: none. */
  replaces: z.int().min(1).nullable(),
  /** SHA-256 of what people wrote in the model card. */
  cardDigest: z.string(),
  risk: z.enum(["low", "medium", "high"]),
  datasetDigests: z.array(z.string()),
  policyId: z.string(),
  policyVersion: z.int().min(1),
  /** `<request>/<round>`. */
  evidenceId: z.string(),
});
export type Subject = z.infer<typeof Subject>;

export const Person = z.object({ id: z.string(), name: z.string() });
export type Person = z.infer<typeof Person>;

/** How far a threshold is. `approvals` and `denials` are counted, `needed` is what it asks for. */
export const ThresholdProgress = z.object({
  name: z.string(),
  approvals: z.int(),
  needed: z.int(),
  denials: z.int(),
  met: z.boolean(),
});
export type ThresholdProgress = z.infer<typeof ThresholdProgress>;

export const RequestSummary = z.object({
  /** `apr_…`. */
  id: z.string(),
  kind: z.enum(["version.stage", "version.alias"]),
  modelName: z.string(),
  modelVersion: z.int().min(1),
  target: z.string(),
  risk: z.enum(["low", "medium", "high"]),
  /** What holds now: an expired request reads `expired` also before its row is marked. */
  state: State,
  round: z.int().min(1),
  /** For If-Match. */
  lockVersion: z.int().min(1),
  subjectDigest: z.string(),
  /** Approved by break-glass. */
  emergency: z.boolean(),
  /** By when somebody must look at what break-glass did. */
  reviewDueAt: isoDate.nullable(),
  requestedBy: Person,
  reason: z.string(),
  evidence: z.enum(["waiting", "ready", "failed"]),
  thresholds: z.array(ThresholdProgress),
  /** The caller may review and has not in this round. */
  waitingOnMe: z.boolean(),
  createdAt: isoDate,
  expiresAt: isoDate,
  decidedAt: isoDate.nullable(),
  validUntil: isoDate.nullable(),
  executedAt: isoDate.nullable(),
});
export type RequestSummary = z.infer<typeof RequestSummary>;

export const Review = z.object({
  id: z.string(),
  round: z.int().min(1),
  reviewer: Person,
  decision: Decision,
  comment: z.string(),
  /** The role at that time. */
  role: z.string().nullable(),
  /** Thresholds that it counts for. */
  thresholds: z.array(z.string()),
  /** A break-glass, not a review. */
  emergency: z.boolean(),
  secondFactor: z.boolean(),
  authAgeSeconds: z.int().nullable(),
  subjectDigest: z.string(),
  counts: z.boolean(),
  at: isoDate,
  withdrawnAt: isoDate.nullable(),
});
export type Review = z.infer<typeof Review>;

export const Comment = z.object({
  id: z.string(),
  round: z.int().min(1),
  author: Person,
  body: z.string(),
  at: isoDate,
});
export type Comment = z.infer<typeof Comment>;

/** What was asked in a round, the newest last. */
export const Round = z.object({
  round: z.int().min(1),
  subject: Subject,
  subjectDigest: z.string(),
  reason: z.string(),
  createdAt: isoDate,
});
export type Round = z.infer<typeof Round>;

/** What the caller may do; `review` says why not. */
export const Permissions = z.object({
  review: z.boolean(),
  /** Thresholds for which the caller is asked. */
  asked: z.array(z.string()),
  whyNot: z.string().nullable(),
  unreview: z.boolean(),
  resubmit: z.boolean(),
  withdraw: z.boolean(),
  execute: z.boolean(),
  breakGlass: z.boolean(),
  laterReview: z.boolean(),
});
export type Permissions = z.infer<typeof Permissions>;

export const RequestDetail = RequestSummary.extend({
  subject: Subject,
  /** As it was when it was asked: later changes do not ease an open request. */
  policy: z.object({ id: z.string(), version: z.int(), body: PolicyBody }),
  requestedVia: z.string(),
  contributors: z.array(Person),
  evidenceBody: Evidence.nullable(),
  evidenceDigest: z.string().nullable(),
  evidenceError: z.string().nullable(),
  gates: z.array(GateResult),
  reviews: z.array(Review),
  comments: z.array(Comment),
  rounds: z.array(Round),
  /** Who could still decide. */
  eligible: z.array(Eligible),
  reviewedLaterBy: Person.nullable(),
  executingAt: isoDate.nullable(),
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
  permissions: Permissions,
});
export type RequestDetail = z.infer<typeof RequestDetail>;

export const RequestPage = pageOf(RequestSummary);
export const RequestParams = z.strictObject({ id: z.string().min(1).max(100) });
export const RequestInput = z.strictObject({
  modelName: ModelName,
  version: z.int().min(1).max(2_147_483_647),
  target: Target,
  reason: Reason,
});
export const ListQuery = PageQuery.extend({
  /** One state, or several with commas. */
  state: z
    .string()
    .max(200)
    .transform((text) => text.split(","))
    .pipe(z.array(State))
    .optional(),
  model: ModelName.optional(),
  /** Asked by the caller. */
  mine: z.stringbool().optional(),
  /** Open, and the caller may review. */
  waiting: z.stringbool().optional(),
  /** Break-glass that nobody has looked at. */
  due: z.stringbool().optional(),
});
/** What a button or link was made for: another round or content since then, and nothing is applied. */
const Seen = {
  round: z.int().min(1).optional(),
  /** At least 8 hex digits of the subject's digest. */
  digestPrefix: z
    .string()
    .regex(/^[0-9a-f]{8,64}$/)
    .optional(),
};
export const ReviewBody = z.strictObject({ decision: Decision, comment: Text.default(""), ...Seen });
export const CommentBody = z.strictObject({ body: Text.min(1) });
export const ResubmitBody = z.strictObject({ reason: Reason });
export const WithdrawBody = z.strictObject({ reason: Text.default("") });
export const BreakGlassBody = z.strictObject({ reason: Reason, ...Seen });
export const LaterReviewBody = z.strictObject({
  verdict: z.enum(["justified", "not_justified"]),
  comment: Reason,
});
