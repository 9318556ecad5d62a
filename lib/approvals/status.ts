/** States of an approval request and what each event does to them, as data. Browser-safe. */
export const REQUEST_STATES = [
  "pending",
  "changes_requested",
  "approved",
  "executing",
  "executed",
  "failed",
  "denied",
  "withdrawn",
  "expired",
  "invalidated",
  "revoked",
] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** In these a request holds its version and target: there is at most one such request. */
export const OPEN_STATES = ["pending", "changes_requested", "approved", "executing"] as const satisfies RequestState[];

export const REQUEST_EVENTS = [
  "approve",
  "deny",
  "request_changes",
  "unreview",
  "resubmit",
  "evidence",
  "subject_changed",
  "policy_tightened",
  "reviewer_lost_access",
  "withdraw",
  "tick_expires",
  "tick_valid_until",
  "execute",
  "execution_ok",
  "execution_failed",
  "break_glass",
  "later_review",
  "comment",
] as const;
export type RequestEvent = (typeof REQUEST_EVENTS)[number];

/**
 * What an event does:
 * - a state: the request goes there;
 * - `decide`: the state is what `decide()` makes of the reviews and gates;
 * - `record`: it is written down and changes no state;
 * - `same`: answered as the first time, nothing is written;
 * - `ignore`: means nothing here;
 * - `refuse`: 409.
 */
type Outcome = RequestState | "decide" | "record" | "same" | "ignore" | "refuse";

type Row = Record<RequestState, Outcome>;

/** The four open states by name, all terminal ones at once. */
function row(
  pending: Outcome,
  changes_requested: Outcome,
  approved: Outcome,
  executing: Outcome,
  terminal: Outcome,
): Row {
  const ends = { failed: terminal, denied: terminal, withdrawn: terminal, expired: terminal };
  return {
    pending,
    changes_requested,
    approved,
    executing,
    ...ends,
    executed: terminal,
    invalidated: terminal,
    revoked: terminal,
  };
}

/** The table of the design (contracts/approvals-audit.md 2.2), with the changes of docs/adr/0007. */
export const REQUEST_TRANSITIONS: Record<RequestEvent, Row> = {
  approve: row("decide", "record", "record", "refuse", "refuse"),
  deny: row("decide", "decide", "revoked", "refuse", "refuse"),
  request_changes: row("changes_requested", "record", "revoked", "refuse", "refuse"),
  unreview: row("decide", "decide", "decide", "refuse", "refuse"),
  resubmit: row("pending", "pending", "pending", "refuse", "refuse"),
  evidence: row("decide", "record", "record", "ignore", "ignore"),
  // What was asked to change may change: resubmitting freezes it anew, and until then nothing can be approved.
  subject_changed: row("invalidated", "ignore", "invalidated", "record", "ignore"),
  policy_tightened: row("invalidated", "invalidated", "invalidated", "ignore", "ignore"),
  reviewer_lost_access: row("decide", "decide", "decide", "ignore", "ignore"),
  withdraw: row("withdrawn", "withdrawn", "withdrawn", "refuse", "refuse"),
  tick_expires: row("expired", "expired", "ignore", "ignore", "ignore"),
  tick_valid_until: row("ignore", "ignore", "expired", "ignore", "ignore"),
  // Asked again after the answer was lost: the same answer.
  execute: { ...row("refuse", "refuse", "executing", "same", "refuse"), executed: "same" },
  execution_ok: row("ignore", "ignore", "ignore", "executed", "ignore"),
  execution_failed: row("ignore", "ignore", "ignore", "failed", "ignore"),
  break_glass: row("approved", "approved", "refuse", "refuse", "refuse"),
  // Whether one is due is told by `reviewDueAt`, not by the state.
  later_review: row("record", "record", "record", "record", "record"),
  comment: row("record", "record", "record", "record", "record"),
};

export function isTerminal(state: RequestState): boolean {
  return !(OPEN_STATES as readonly RequestState[]).includes(state);
}

/** What holds at `now`, whatever the row says: expiry counts when it is looked at, the job that marks rows is cosmetic. */
export function effectiveState(
  request: { state: RequestState; expiresAt: string; validUntil: string | null },
  now: Date,
): RequestState {
  const { state, expiresAt, validUntil } = request;
  if (state === "pending" || state === "changes_requested") {
    return now >= new Date(expiresAt) ? "expired" : state;
  }
  return state === "approved" && validUntil !== null && now >= new Date(validUntil) ? "expired" : state;
}
