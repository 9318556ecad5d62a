import { GATES, shownThreshold } from "#app/(console)/approvals/_components/gates.ts";
import type { Gate } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody, REVIEWING_ROLES } from "#lib/approvals/policy-schemas.ts";

type ReviewingRole = (typeof REVIEWING_ROLES)[number];

export interface ThresholdDraft {
  key: number;
  name: string;
  roles: ReviewingRole[];
  users: string[];
  services: string[];
  approvals: string;
  deny: string;
}

export interface GateDraft {
  key: number;
  kind: Gate["kind"];
  /** In the unit that people see; unused where the gate has no threshold. */
  value: string;
}

export const RISKS = ["low", "medium", "high"] as const;

/** A policy while it is written: figures as texts, so that a half-typed one stays as it is. */
export interface PolicyDraft {
  thresholds: ThresholdDraft[];
  gates: GateDraft[];
  requester: boolean;
  contributors: boolean;
  expiresAfterHours: string;
  validForHours: string;
  commentRequired: boolean;
  /** Empty: not asked. */
  reauthenticateMinutes: string;
  secondFactor: boolean;
  breakGlass: boolean;
  reviewWithinHours: string;
  /** Empty: nothing special. */
  risk: Record<(typeof RISKS)[number], string>;
  executeOnApproval: boolean;
}

/** What a new gate begins with. */
export const USUAL: Record<Gate["kind"], string> = {
  accuracy_lower_bound: "-0.2",
  class_recall_drop: "1",
  p99_latency_ms: "20",
  evidence_age_hours: "168",
  card_complete: "",
};

/** What a policy begins with: one reviewer who neither asked for it nor made it. */
export const FIRST: PolicyBody = {
  thresholds: [{ name: "Reviewers", roles: ["reviewer", "admin"], users: [], services: [], approvals: 1, deny: 1 }],
  separationOfDuties: { requester: true, contributors: true },
  gates: [{ kind: "accuracy_lower_bound", threshold: -0.002 }],
  expiresAfterHours: 168,
  validForHours: 24,
  commentRequired: false,
  secondFactor: false,
  breakGlass: { allowed: false, reviewWithinHours: 24 },
  riskOverrides: { high: { approvals: 2 } },
  executeOnApproval: false,
};

export function draftOf(body: PolicyBody): PolicyDraft {
  const { separationOfDuties, breakGlass, riskOverrides = {} } = body;
  return {
    thresholds: body.thresholds.map((one, key) => ({
      ...one,
      key,
      approvals: String(one.approvals),
      deny: String(one.deny),
    })),
    gates: body.gates.map((gate, key) => ({
      key,
      kind: gate.kind,
      value: String(shownThreshold(gate) ?? ""),
    })),
    ...separationOfDuties,
    expiresAfterHours: String(body.expiresAfterHours),
    validForHours: String(body.validForHours),
    commentRequired: body.commentRequired,
    reauthenticateMinutes: body.reauthenticateMinutes === undefined ? "" : String(body.reauthenticateMinutes),
    secondFactor: body.secondFactor,
    breakGlass: breakGlass.allowed,
    reviewWithinHours: String(breakGlass.reviewWithinHours),
    risk: {
      low: riskOverrides.low === undefined ? "" : String(riskOverrides.low.approvals),
      medium: riskOverrides.medium === undefined ? "" : String(riskOverrides.medium.approvals),
      high: riskOverrides.high === undefined ? "" : String(riskOverrides.high.approvals),
    },
    executeOnApproval: body.executeOnApproval,
  };
}

/** What is sent; `PolicyBody` says what is wrong with it. */
export function bodyOf(draft: PolicyDraft): unknown {
  const overrides = RISKS.filter((risk) => draft.risk[risk].trim() !== "");
  return {
    thresholds: draft.thresholds.map(({ key: _, ...one }) => ({
      ...one,
      approvals: number(one.approvals),
      deny: number(one.deny),
    })),
    separationOfDuties: { requester: draft.requester, contributors: draft.contributors },
    gates: draft.gates.map(({ kind, value }) =>
      GATES[kind].unit === null ? { kind } : { kind, threshold: exact(number(value) / GATES[kind].times) },
    ),
    expiresAfterHours: number(draft.expiresAfterHours),
    validForHours: number(draft.validForHours),
    commentRequired: draft.commentRequired,
    ...(draft.reauthenticateMinutes.trim() !== "" && { reauthenticateMinutes: number(draft.reauthenticateMinutes) }),
    secondFactor: draft.secondFactor,
    breakGlass: { allowed: draft.breakGlass, reviewWithinHours: number(draft.reviewWithinHours) },
    // Also when there is none: left out, the server would add what it finds usual.
    riskOverrides: Object.fromEntries(overrides.map((risk) => [risk, { approvals: number(draft.risk[risk]) }])),
    executeOnApproval: draft.executeOnApproval,
  };
}

/** NaN for an empty text, which no schema takes; `Number("")` would be a silent 0. */
const number = (text: string): number => (text.trim() === "" ? Number.NaN : Number(text));

/** 0.2 and not 0.20000000000000001 after a change of unit. */
const exact = (value: number): number => Number(value.toPrecision(12));
