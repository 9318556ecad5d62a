import { dutyConflict, type Standing, thresholdsOf } from "#lib/approvals/eligibility.ts";
import { decideState, type OpenRequest, transition } from "#lib/approvals/open-request.ts";
import { tightenedBy } from "#lib/approvals/policies/is-tightened.ts";
import { REQUEST_TRANSITIONS, type RequestEvent } from "#lib/approvals/status.ts";
import { selectStandings } from "#lib/approvals/store/people.ts";
import { selectHolding } from "#lib/approvals/store/policies.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import { discountReviews, type ReviewRow } from "#lib/approvals/store/reviews.ts";

const ROOM = { actor: "system:approvals" };

/**
 * Whether what a request stands on still holds: its reviewers' access, its policy, what it is about. Each that does not is
 * an event of its own, written with its audit row. Called wherever a request is used, and by the keeper between.
 *
 * @returns what happened, the last of it deciding
 */
export async function recheck(open: OpenRequest): Promise<RequestEvent[]> {
  const happened: RequestEvent[] = [];
  const lost = await findLostReviews(open);
  if (lost.length > 0 && means(open, "reviewer_lost_access")) {
    const ids = lost.map(({ id }) => id);
    await discountReviews(open.tx, ids);
    open.reviews = open.reviews.map((review) => (ids.includes(review.id) ? { ...review, counts: false } : review));
    const detail = { reviewers: lost.map(({ reviewer }) => reviewer) };
    await transition(open, "reviewer_lost_access", decideState(open), {}, { ...ROOM, detail });
    happened.push("reviewer_lost_access");
  }
  const tightened = await findTightening(open);
  if (tightened.length > 0 && means(open, "policy_tightened")) {
    await transition(open, "policy_tightened", "invalidated", {}, { ...ROOM, detail: { tightened } });
    happened.push("policy_tightened");
  }
  const outcome = REQUEST_TRANSITIONS.subject_changed[open.row.state];
  if (outcome === "invalidated" && open.subjectNow.digest !== open.row.subjectDigest) {
    const changed = changedFields(open);
    await transition(open, "subject_changed", "invalidated", {}, { ...ROOM, detail: { changed } });
    happened.push("subject_changed");
  }
  return happened;
}

function means({ row }: OpenRequest, event: RequestEvent): boolean {
  return REQUEST_TRANSITIONS[event][row.state] !== "ignore";
}

/** What of the subject is not as it was frozen. */
export function changedFields({ row, subjectNow }: Pick<OpenRequest, "row" | "subjectNow">): string[] {
  const before: Record<string, unknown> = row.subject;
  const now: Record<string, unknown> = subjectNow.subject;
  return Object.keys(now).filter((key) => JSON.stringify(before[key]) !== JSON.stringify(now[key]));
}

/** In what the policy that holds now asks more than the one that the request was made under. */
export async function findTightening({ tx, row }: Pick<OpenRequest, "tx" | "row">): Promise<string[]> {
  const holding = await selectHolding(tx, row.modelName, row.target);
  if (holding === null || holding.id === row.policyId) return [];
  return tightenedBy(row.policy.body, holding.body);
}

/** Counting reviews whose reviewer may not give them any more. */
async function findLostReviews({ tx, row, reviews }: OpenRequest): Promise<ReviewRow[]> {
  const counting = reviews.filter(
    (review) => review.round === row.round && review.counts && review.withdrawnAt === null,
  );
  const standings = await selectStandings(
    tx,
    counting.map(({ reviewer }) => reviewer),
  );
  return counting.filter((review) => !stillHolds(row, review, standings.get(review.reviewer)));
}

function stillHolds(row: RequestRow, review: ReviewRow, standing: Standing | undefined): boolean {
  if (standing === undefined || dutyConflict(row, review.reviewer) !== null) return false;
  const now = thresholdsOf(row.policy.body, standing);
  return review.roles.thresholds.every((name) => now.includes(name));
}
