import type { ApprovalChanged } from "#lib/approvals/events.ts";

/** What people are told, as data. */
export const NOTICE_KINDS = [
  "requested",
  "expiring",
  "approved",
  "denied",
  "changes_requested",
  "revoked",
  "invalidated",
  "expired",
  "executed",
  "failed",
  "break_glass",
  "evidence_failed",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

/** Who is told: those who may decide, who asked, and those whose review counts in this round. */
type Audience = "eligible" | "requester" | "reviewers";

export const AUDIENCE: Record<NoticeKind, readonly Audience[]> = {
  requested: ["eligible"],
  expiring: ["eligible", "requester"],
  approved: ["requester"],
  denied: ["requester"],
  changes_requested: ["requester"],
  revoked: ["requester", "reviewers"],
  invalidated: ["requester", "reviewers"],
  expired: ["requester"],
  executed: ["requester", "reviewers"],
  failed: ["requester", "reviewers"],
  // Everybody who could have been asked hears that nobody was.
  break_glass: ["eligible", "requester"],
  evidence_failed: ["requester"],
};

const BY_STATE: Partial<Record<ApprovalChanged["to"], NoticeKind>> = {
  approved: "approved",
  denied: "denied",
  changes_requested: "changes_requested",
  revoked: "revoked",
  invalidated: "invalidated",
  expired: "expired",
  executed: "executed",
  failed: "failed",
};

/** What an event is to people; null: nothing that they need a message for. */
export function kindOf(event: Pick<ApprovalChanged, "event" | "from" | "to">): NoticeKind | null {
  if (event.event === "break_glass") return "break_glass";
  if (event.from !== event.to) return BY_STATE[event.to] ?? null;
  // Whether it failed stands in the request.
  return event.event === "evidence" ? "evidence_failed" : null;
}
