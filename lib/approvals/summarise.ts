import { type Standing, thresholdsOf } from "#lib/approvals/eligibility.ts";
import { judge } from "#lib/approvals/open-request.ts";
import type { Person, RequestSummary } from "#lib/approvals/schemas.ts";
import { effectiveState } from "#lib/approvals/status.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import type { ReviewRow } from "#lib/approvals/store/reviews.ts";
import { whyNotReviewer } from "#lib/approvals/who-may.ts";

/** What a summary is seen by. */
export interface Viewer {
  standing: Standing | undefined;
  now: Date;
  person: (id: string) => Person;
}

const iso = (date: Date | null) => date?.toISOString() ?? null;

export function summarise(row: RequestRow, reviews: readonly ReviewRow[], viewer: Viewer): RequestSummary {
  const createdAt = row.createdAt.toISOString();
  const expiresAt = row.expiresAt.toISOString();
  const validUntil = iso(row.validUntil);
  const state = effectiveState({ state: row.state, expiresAt, validUntil }, viewer.now);
  const verdict = judge(row, reviews, [], row.decidedAt ?? viewer.now);
  return {
    id: row.id,
    kind: row.subject.kind,
    modelName: row.modelName,
    modelVersion: row.modelVersion,
    target: row.target,
    risk: row.subject.risk,
    state,
    round: row.round,
    lockVersion: row.lockVersion,
    subjectDigest: row.subjectDigest,
    emergency: row.emergency,
    reviewDueAt: iso(row.reviewDueAt),
    requestedBy: viewer.person(row.requestedBy),
    reason: row.reason,
    evidence: row.evidence !== null ? "ready" : row.evidenceError !== null ? "failed" : "waiting",
    thresholds: verdict.thresholds,
    waitingOnMe: state === "pending" && isAsked(row, viewer.standing) && !hasReviewed(row, reviews, viewer.standing),
    createdAt,
    expiresAt,
    decidedAt: iso(row.decidedAt),
    validUntil,
    executedAt: iso(row.executedAt),
  };
}

/** Whether somebody's review would count. */
export function isAsked(row: RequestRow, standing: Standing | undefined): boolean {
  return standing !== undefined && whyNotReviewer(row, standing) === null;
}

export function askedFor(row: RequestRow, standing: Standing | undefined): string[] {
  return standing !== undefined && isAsked(row, standing) ? thresholdsOf(row.policy.body, standing) : [];
}

export function hasReviewed(row: RequestRow, reviews: readonly ReviewRow[], standing: Standing | undefined): boolean {
  return reviews.some(
    (review) =>
      review.requestId === row.id &&
      review.round === row.round &&
      review.reviewer === standing?.id &&
      review.withdrawnAt === null &&
      review.roles.emergency !== true,
  );
}
