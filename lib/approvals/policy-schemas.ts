import { z } from "zod";
import { Gate } from "#lib/approvals/evidence/schemas.ts";
import { ModelName } from "#lib/registry/schemas.ts";

/** Browser-safe: what a policy says. */

/** Roles that can review at all: those with the scope `approvals:review`. */
export const REVIEWING_ROLES = ["reviewer", "admin"] as const;

/** Targets that can be protected. `alias:champion` follows Production: it is kept as `stage:Production`. */
export const Target = z
  .string()
  .regex(
    /^(stage:(Staging|Production)|alias:[A-Za-z0-9][A-Za-z0-9._-]{0,127})$/,
    "is stage:Staging, stage:Production or alias:<name>",
  )
  .transform((target) => (target === "alias:champion" ? "stage:Production" : target));

const Ids = z.array(z.string().min(1).max(100)).max(100).default([]);

/** `approvals` of these must approve; `deny` of them deny the request. */
export const Threshold = z.strictObject({
  name: z.string().trim().min(1).max(80),
  roles: z.array(z.enum(REVIEWING_ROLES)).max(REVIEWING_ROLES.length).default([]),
  users: Ids,
  /** Service accounts that may review with a key. Nobody else reviews with a key. */
  services: Ids,
  approvals: z.int().min(1).max(20),
  deny: z.int().min(1).max(20).default(1),
});
export type Threshold = z.infer<typeof Threshold>;

const RiskOverride = z.strictObject({
  /** Different people who must approve, over all thresholds. */
  approvals: z.int().min(1).max(20),
});

/** Every threshold must be met and every gate hold. One unit: it is saved and versioned as a whole. */
export const PolicyBody = z.strictObject({
  thresholds: z.array(Threshold).min(1).max(10),
  /** Who may not review what they asked for, or made. */
  separationOfDuties: z
    .strictObject({ requester: z.boolean().default(true), contributors: z.boolean().default(true) })
    .default({ requester: true, contributors: true }),
  gates: z.array(Gate).max(20).default([]),
  /** An undecided request ends after it. */
  expiresAfterHours: z.number().positive().max(8_760).default(168),
  /** An approval that nobody used ends after it. */
  validForHours: z.number().positive().max(8_760).default(24),
  /** A comment with approvals as well; denials and wishes for changes always need one. */
  commentRequired: z.boolean().default(false),
  /** The reviewer proved who they are at most so long ago. */
  reauthenticateMinutes: z.int().min(1).max(1_440).optional(),
  /** The reviewer gave a second factor in this session. */
  secondFactor: z.boolean().default(false),
  breakGlass: z
    .strictObject({
      allowed: z.boolean().default(false),
      reviewWithinHours: z.number().positive().max(8_760).default(24),
    })
    .default({ allowed: false, reviewWithinHours: 24 }),
  /** By the model's risk. Unset, `stage:Production` of a high risk needs two people. */
  riskOverrides: z
    .strictObject({ low: RiskOverride.optional(), medium: RiskOverride.optional(), high: RiskOverride.optional() })
    .optional(),
  /** Carried out by the system as soon as it is approved. */
  executeOnApproval: z.boolean().default(false),
});
export type PolicyBody = z.infer<typeof PolicyBody>;

/** A model's name, or `*` for every model that has no policy of its own. */
export const PolicyModel = z.union([z.literal("*"), ModelName]);

export const PolicyInput = z.strictObject({ modelName: PolicyModel, target: Target, body: PolicyBody });
export type PolicyInput = z.infer<typeof PolicyInput>;

export const Policy = z.object({
  /** `pol_…`; every version has its own. */
  id: z.string(),
  modelName: z.string(),
  target: z.string(),
  version: z.int().min(1),
  body: PolicyBody,
  removed: z.boolean(),
  createdBy: z.string(),
  createdAt: z.iso.datetime(),
});
export type Policy = z.infer<typeof Policy>;

/** Somebody who may review. */
export const Eligible = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(["person", "service"]),
  role: z.enum(REVIEWING_ROLES),
});
export type Eligible = z.infer<typeof Eligible>;

const Finding = z.object({ field: z.string(), problem: z.string(), remedy: z.string() });
export type Finding = z.infer<typeof Finding>;

/** Who could approve under a policy, and whether it could be saved. */
export const EligibleSet = z.object({
  satisfiable: z.boolean(),
  thresholds: z.array(
    z.object({ name: z.string(), approvals: z.int(), eligible: z.array(Eligible), satisfiable: z.boolean() }),
  ),
  /** Why it cannot be saved. */
  problems: z.array(Finding),
  /** What to know before it is saved. */
  warnings: z.array(Finding),
});
export type EligibleSet = z.infer<typeof EligibleSet>;

export const PolicyParams = z.strictObject({ id: z.string().min(1).max(100) });
export const PolicyQuery = z.object({ history: z.stringbool().optional() });
export const PolicyList = z.object({ items: z.array(Policy) });
export const SavePolicyBody = PolicyInput.extend({
  /** Of the policy that was edited, 0 for none: 409 when it is another by now. */
  expectedVersion: z.int().min(0).optional(),
});
