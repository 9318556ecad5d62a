import { REQUEST_STATES, type RequestEvent, type RequestState } from "#lib/approvals/status.ts";

/** What a pair of the contract's table comes to for a request that one approval decides. */
export type Want = RequestState | "recorded" | "nothing" | "same answer" | "409";

/**
 * The table of contracts/approvals-audit.md 2.2 with docs/adr/0007's changes, written down apart from `status.ts`, so that
 * the one checks the other. Columns: pending, changes_requested, approved, executing, and all terminal states.
 */
const TABLE: Record<RequestEvent, [Want, Want, Want, Want, Want]> = {
  approve: ["approved", "recorded", "recorded", "409", "409"],
  deny: ["denied", "denied", "revoked", "409", "409"],
  request_changes: ["changes_requested", "recorded", "revoked", "409", "409"],
  // Of the only review: what is left is nothing.
  unreview: ["pending", "pending", "pending", "409", "409"],
  resubmit: ["pending", "pending", "pending", "409", "409"],
  evidence: ["recorded", "recorded", "recorded", "nothing", "nothing"],
  subject_changed: ["invalidated", "nothing", "invalidated", "recorded", "nothing"],
  policy_tightened: ["invalidated", "invalidated", "invalidated", "nothing", "nothing"],
  reviewer_lost_access: ["nothing", "pending", "pending", "nothing", "nothing"],
  withdraw: ["withdrawn", "withdrawn", "withdrawn", "409", "409"],
  tick_expires: ["expired", "expired", "nothing", "nothing", "nothing"],
  tick_valid_until: ["nothing", "nothing", "expired", "nothing", "nothing"],
  execute: ["409", "409", "executing", "same answer", "409"],
  execution_ok: ["nothing", "nothing", "nothing", "executed", "nothing"],
  execution_failed: ["nothing", "nothing", "nothing", "failed", "nothing"],
  break_glass: ["approved", "approved", "409", "409", "409"],
  later_review: ["recorded", "recorded", "recorded", "recorded", "recorded"],
  comment: ["recorded", "recorded", "recorded", "recorded", "recorded"],
};

export const CONTRACT: Record<RequestEvent, Record<RequestState, Want>> = Object.fromEntries(
  Object.entries(TABLE).map(([event, [pending, changes_requested, approved, executing, terminal]]) => {
    const open: Partial<Record<RequestState, Want>> = { pending, changes_requested, approved, executing };
    const row = REQUEST_STATES.map((state) => {
      const isSame = event === "execute" && state === "executed";
      return [state, isSame ? "same answer" : (open[state] ?? terminal)];
    });
    return [event, Object.fromEntries(row)];
  }),
) as Record<RequestEvent, Record<RequestState, Want>>;
