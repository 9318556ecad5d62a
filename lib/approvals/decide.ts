import { judgeGates } from "#lib/approvals/evidence/judge-gates.ts";
import type { Evidence, GateResult } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody } from "#lib/approvals/policy-schemas.ts";
import type { Decision, Subject, ThresholdProgress } from "#lib/approvals/schemas.ts";

/** A review of the current round that counts: neither taken back nor by somebody who lost access. */
export interface CountedReview {
  reviewer: string;
  decision: Decision;
  /** For which its reviewer was eligible then. */
  thresholds: readonly string[];
}

export interface DecisionInput {
  policy: PolicyBody;
  risk: Subject["risk"];
  /** Approved by break-glass: needs no reviews. */
  emergency: boolean;
  evidence: Evidence | null;
  cardMissing: readonly string[];
}

export interface Verdict {
  state: "pending" | "changes_requested" | "approved" | "denied";
  thresholds: ThresholdProgress[];
  gates: GateResult[];
}

/** Name of what a risk asks for beside the thresholds. */
const RISK_THRESHOLD = "different people";

/**
 * The state that reviews and gates make, in the order in which they were given (ids, so no two are equal). Of a reviewer
 * the latest counts, but a wish for changes stands until it is taken back or the request resubmitted. A threshold's
 * denials deny; else wishes for changes hold it up; else every threshold must be met and every gate hold. Pure.
 */
export function decide(input: DecisionInput, reviews: readonly CountedReview[], now: Date): Verdict {
  const latest = new Map(reviews.map((review) => [review.reviewer, review]));
  const counted = [...latest.values()];
  const count = (name: string, decision: Decision) =>
    counted.filter((review) => review.decision === decision && review.thresholds.includes(name)).length;

  const { policy, evidence, cardMissing } = input;
  const thresholds: ThresholdProgress[] = policy.thresholds.map(({ name, approvals: needed }) => {
    const approvals = count(name, "approve");
    return { name, approvals, needed, denials: count(name, "deny"), met: approvals >= needed };
  });
  const asked = policy.riskOverrides?.[input.risk]?.approvals;
  if (asked !== undefined) {
    const approvals = counted.filter((review) => review.decision === "approve" && review.thresholds.length > 0).length;
    const denials = counted.filter((review) => review.decision === "deny" && review.thresholds.length > 0).length;
    thresholds.push({ name: RISK_THRESHOLD, approvals, needed: asked, denials, met: approvals >= asked });
  }
  const gates = judgeGates(policy.gates, evidence, { now, cardMissing });

  const isDenied = policy.thresholds.some(({ name, deny }) => count(name, "deny") >= deny);
  const isHeldUp = reviews.some((review) => review.decision === "request_changes");
  const isMet = thresholds.every(({ met }) => met) && gates.every(({ holds }) => holds);
  const state = isDenied ? "denied" : input.emergency ? "approved" : isHeldUp ? "changes_requested" : null;
  return { state: state ?? (isMet ? "approved" : "pending"), thresholds, gates };
}
