import type { RequestEvent, RequestState } from "#lib/approvals/status.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import { ConflictError, PreconditionFailedError } from "#lib/platform/errors.ts";

/** What a caller says they saw: the row's version (If-Match), or the round and content that a link was made for. */
export interface Seen {
  ifMatch?: number | undefined;
  round?: number | undefined;
  digestPrefix?: string | undefined;
}

/**
 * @throws PreconditionFailedError `lock_version`: somebody changed the request since it was read
 * @throws ConflictError `changed_since`: the link or button was made for another round or content
 */
export function requireSeen(row: RequestRow, seen: Seen): void {
  if (seen.ifMatch !== undefined && seen.ifMatch !== row.lockVersion) {
    throw new PreconditionFailedError("The request was changed since you read it.", {
      code: "lock_version",
      details: [
        { field: "If-Match", problem: `the request is at "${row.lockVersion}"`, remedy: "Read it again, then decide." },
      ],
    });
  }
  const isOtherRound = seen.round !== undefined && seen.round !== row.round;
  const isOtherContent = seen.digestPrefix !== undefined && !row.subjectDigest.startsWith(seen.digestPrefix);
  if (isOtherRound || isOtherContent) throw changedSince(row);
}

export function changedSince(row: Pick<RequestRow, "id" | "round">, changed: readonly string[] = []): ConflictError {
  const what = changed.length === 0 ? "" : `: ${changed.join(", ")}`;
  return new ConflictError(`What was asked has changed since${what}. Nothing was applied.`, {
    code: "changed_since",
    details: [
      {
        field: "round",
        problem: `the request is in round ${row.round}`,
        remedy: `Open /approvals/${row.id} and look at what is asked now.`,
      },
    ],
  });
}

/** What a recheck found is told to whoever wanted to use the request. */
export function refusalOf(event: RequestEvent, row: RequestRow, changed: readonly string[] = []): ConflictError | null {
  switch (event) {
    case "subject_changed":
      return changedSince(row, changed);
    case "policy_tightened":
      return new ConflictError("The policy asks for more than when this was requested, so the request is over.", {
        code: "policy_tightened",
        details: [{ field: "policy", problem: "became stricter", remedy: "Request approval again." }],
      });
    default:
      return null;
  }
}

/** The state does not take the event. */
export function notNow(event: RequestEvent, row: Pick<RequestRow, "id">, state: RequestState): ConflictError {
  const isOpen = state === "pending" || state === "changes_requested" || state === "approved" || state === "executing";
  return new ConflictError(`The request is ${state.replace("_", " ")}: it does not take ${WORDS[event] ?? event}.`, {
    code: state === "expired" ? "request_expired" : isOpen ? "request_state" : "request_closed",
    details: [
      {
        field: "state",
        problem: `is ${state}`,
        remedy: isOpen ? `Look at /approvals/${row.id}.` : "Request approval anew.",
      },
    ],
  });
}

const WORDS: Partial<Record<RequestEvent, string>> = {
  approve: "a review",
  deny: "a review",
  request_changes: "a review",
  unreview: "a review back",
  resubmit: "another round",
  withdraw: "a withdrawal",
  execute: "an execution",
  break_glass: "a break-glass",
};
