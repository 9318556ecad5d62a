import { type CountedReview, decide, type Verdict } from "#lib/approvals/decide.ts";
import { APPROVAL_CHANGED, type ApprovalChanged } from "#lib/approvals/events.ts";
import { effectiveState, type RequestEvent, type RequestState } from "#lib/approvals/status.ts";
import { readClock } from "#lib/approvals/store/people.ts";
import { type RequestRow, selectRequest } from "#lib/approvals/store/requests.ts";
import { type ReviewRow, selectReviews } from "#lib/approvals/store/reviews.ts";
import { updateRequest } from "#lib/approvals/store/write-requests.ts";
import { readSubject, type SubjectNow } from "#lib/approvals/subject.ts";
import { requireModel } from "#lib/auth/confinement.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { emit } from "#lib/platform/outbox.ts";

const HOUR_MS = 3_600_000;

/** A request whose row this transaction holds, with what its events need. Events change `row` and `reviews`. */
export interface OpenRequest {
  tx: Tx;
  row: RequestRow;
  reviews: ReviewRow[];
  /** The database's clock after the lock: expiry counts by it. */
  now: Date;
  subjectNow: SubjectNow;
}

/** @throws NotFoundError no such request in the project */
export async function openRequest(tx: Tx, id: string): Promise<OpenRequest> {
  const row = await selectRequest(tx, id, { lock: true });
  if (row === null) {
    throw new NotFoundError(`Approval request ${id}`);
  }
  requireModel(tx, row.modelName);
  const now = await readClock(tx);
  const reviews = await selectReviews(tx, [id]);
  const open = { tx, row, reviews, now, subjectNow: await subjectOf(tx, row) };
  // Expired by the clock, whatever the row says: written down now, cosmetic or not.
  if (stateOf(open) === "expired" && row.state !== "expired") {
    const event = row.state === "approved" ? "tick_valid_until" : "tick_expires";
    await transition(open, event, "expired", {}, { actor: "system:approvals" });
  }
  return open;
}

/** What the request is about as it would be frozen today, under the policy that it was made under. */
function subjectOf(tx: Tx, row: RequestRow): Promise<SubjectNow> {
  return readSubject(tx, {
    modelName: row.modelName,
    version: row.modelVersion,
    target: row.target,
    policy: { id: row.policyId, version: row.policy.version },
    evidenceId: row.subject.evidenceId,
  });
}

export function stateOf({ row, now }: Pick<OpenRequest, "row" | "now">): RequestState {
  return effectiveState(
    { state: row.state, expiresAt: row.expiresAt.toISOString(), validUntil: row.validUntil?.toISOString() ?? null },
    now,
  );
}

/** The reviews of the current round that count. */
function countedReviews(row: Pick<RequestRow, "round">, reviews: readonly ReviewRow[]): CountedReview[] {
  return reviews
    .filter((review) => review.round === row.round && review.counts && review.withdrawnAt === null)
    .map(({ reviewer, decision, roles }) => ({ reviewer, decision, thresholds: roles.thresholds }));
}

/** What reviews and gates make of the request at a time. */
export function judge(
  row: RequestRow,
  reviews: readonly ReviewRow[],
  cardMissing: readonly string[],
  at: Date,
): Verdict {
  const { policy, subject, emergency, evidence } = row;
  const input = { policy: policy.body, risk: subject.risk, emergency, evidence, cardMissing };
  return decide(input, countedReviews(row, reviews), at);
}

export function decideState({ row, reviews, subjectNow, now }: OpenRequest): RequestState {
  return judge(row, reviews, subjectNow.cardMissing, now).state;
}

/**
 * Writes an event: the row, its audit row and its outbox event, in the transaction that holds the request. Comments leave
 * `lockVersion` alone, since nobody's view of what is asked changes by them.
 */
export async function transition(
  open: OpenRequest,
  event: RequestEvent,
  to: RequestState,
  change: Partial<RequestRow> = {},
  record: { detail?: { [key: string]: unknown }; actor?: string } = {},
): Promise<void> {
  const { tx } = open;
  const from = open.row.state;
  const actor = record.actor ?? actorName(tx.actor);
  open.row = {
    ...open.row,
    ...times(open, from, to),
    ...change,
    state: to,
    lockVersion: open.row.lockVersion + (event === "comment" ? 0 : 1),
  };
  const { id, round, subjectDigest, modelName, modelVersion, target } = open.row;
  await updateRequest(tx, open.row);
  audit(tx, {
    action: `approval.${event}`,
    subject: `approval:${id}`,
    detail: { version: `${modelName}/${modelVersion}`, target, from, to, round, subjectDigest, ...record.detail },
    actor,
  });
  const payload: ApprovalChanged = { projectId: tx.projectId, requestId: id, round, event, from, to, actor };
  await emit(tx, APPROVAL_CHANGED, payload);
}

/** The times that belong to a state that is entered. */
function times({ row, now }: OpenRequest, from: RequestState, to: RequestState): Partial<RequestRow> {
  if (from === to) return {};
  switch (to) {
    case "approved":
      return { decidedAt: now, validUntil: new Date(now.getTime() + row.policy.body.validForHours * HOUR_MS) };
    case "pending":
    case "changes_requested":
      return { decidedAt: null, validUntil: null };
    case "executing":
      return { executingAt: now };
    case "executed":
    case "failed":
      return { executedAt: to === "executed" ? now : null };
    default:
      return { decidedAt: row.decidedAt ?? now };
  }
}
