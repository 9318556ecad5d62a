import { z } from "zod";
import { REQUEST_EVENTS, REQUEST_STATES } from "#lib/approvals/status.ts";

/** What the room says in the outbox, for evidence, notices and whoever listens. Ids only: read the request for the rest. */

/** Asked, or asked anew in a later round: evidence is wanted. */
export const APPROVAL_REQUESTED = "approval.requested";
export const ApprovalRequested = z.object({
  projectId: z.string(),
  requestId: z.string(),
  round: z.int().min(1),
});
export type ApprovalRequested = z.infer<typeof ApprovalRequested>;

/** Anything that happened to a request afterwards; `from` and `to` are equal where no state changed. */
export const APPROVAL_CHANGED = "approval.changed";
export const ApprovalChanged = ApprovalRequested.extend({
  event: z.enum(REQUEST_EVENTS),
  from: z.enum(REQUEST_STATES),
  to: z.enum(REQUEST_STATES),
  /** As in the record, such as `user:usr_…`. */
  actor: z.string(),
});
export type ApprovalChanged = z.infer<typeof ApprovalChanged>;
