import { judge } from "#lib/approvals/open-request.ts";
import type { RequestState } from "#lib/approvals/status.ts";
import { selectAllRequests } from "#lib/approvals/store/requests.ts";
import { selectReviews } from "#lib/approvals/store/reviews.ts";
import { readSubject } from "#lib/approvals/subject.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

export interface Mismatch {
  requestId: string;
  projectId: string;
  state: RequestState;
  derived: RequestState;
}

const PAGE = 200;

/** What reviews may make of a request that is in a state; absent: the state came from elsewhere, such as a withdrawal. */
const DERIVED: Partial<Record<RequestState, readonly RequestState[]>> = {
  pending: ["pending"],
  changes_requested: ["changes_requested"],
  approved: ["approved"],
  executing: ["approved"],
  executed: ["approved"],
  failed: ["approved"],
  denied: ["denied"],
};

/**
 * Derives the state of every request from its reviews once more and compares: a difference means that a row was changed by
 * hand, or a fault. Unguarded: the nightly job's. Reads only.
 */
export async function checkConsistency(ctx: Ctx): Promise<{ checked: number; mismatches: Mismatch[] }> {
  const mismatches: Mismatch[] = [];
  let checked = 0;
  for (let after = ""; ; ) {
    const rows = await selectAllRequests(ctx, after, PAGE);
    const reviews = await selectReviews(
      ctx,
      rows.map(({ id }) => id),
    );
    for (const row of rows) {
      const own = reviews.filter((review) => review.requestId === row.id);
      const room = { ...ctx, projectId: row.projectId };
      const { subject, policy, policyId } = row;
      // A card may have been written since; then the state is not the reviews' to tell.
      const now = await readSubject(room, { ...subject, policy: { id: policyId, version: policy.version } });
      const derived = judge(row, own, now.cardMissing, row.decidedAt ?? ctx.clock.now()).state;
      const expected = DERIVED[row.state];
      checked += 1;
      const wasMade = now.subject.cardDigest === subject.cardDigest;
      if (expected !== undefined && wasMade && !expected.includes(derived)) {
        mismatches.push({ requestId: row.id, projectId: row.projectId, state: row.state, derived });
      }
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) break;
    after = last.id;
  }
  return { checked, mismatches };
}
