import { getRequest } from "#lib/approvals/get-request.ts";
import { decideState, type OpenRequest, openRequest, stateOf, transition } from "#lib/approvals/open-request.ts";
import { changedFields, recheck } from "#lib/approvals/recheck.ts";
import { notNow, refusalOf, requireSeen, type Seen } from "#lib/approvals/refusals.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { REQUEST_TRANSITIONS, type RequestEvent } from "#lib/approvals/status.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import type { AppError } from "#lib/platform/errors.ts";

/** What an event writes beside the state. */
interface Change {
  row?: Partial<RequestRow>;
  detail?: { [key: string]: unknown };
}

interface Handler {
  /** Who may, and what else must hold: throws before anything is written. Returns what happens. */
  event(open: OpenRequest): Promise<RequestEvent> | RequestEvent;
  /** Writes what the event consists of, such as a review; the new state is decided afterwards. */
  write?(open: OpenRequest): Promise<Change> | Change;
}

/** These do not use what the request stands on: no recheck. */
const UNCHECKED: readonly RequestEvent[] = ["comment", "withdraw", "resubmit", "later_review"];

/**
 * One event of a request as one transaction: lock, expiry, the caller's view, the recheck, the table, the write, the
 * state, the audit row and the outbox event. What a recheck finds stays written also when the caller is refused for it.
 *
 * @throws NotFoundError | PreconditionFailedError | ConflictError and what `handler.event` throws
 */
export async function onRequest(ctx: Ctx, input: { id: string } & Seen, handler: Handler): Promise<RequestDetail> {
  const refusal = await withTransaction(ctx, (tx) => handle(tx, input, handler));
  if (refusal !== null) throw refusal;
  return getRequest(ctx, { id: input.id });
}

async function handle(tx: Tx, input: { id: string } & Seen, handler: Handler): Promise<AppError | null> {
  const open = await openRequest(tx, input.id);
  const event = await handler.event(open);
  // Before the rechecks: an old link is told that it is old, not what became of the request.
  requireSeenUnlessSame(open, event, input);
  if (!UNCHECKED.includes(event)) {
    const changed = changedFields(open);
    for (const found of await recheck(open)) {
      const refusal = refusalOf(found, open.row, changed);
      if (refusal !== null) return refusal;
    }
  }
  const state = stateOf(open);
  const outcome = REQUEST_TRANSITIONS[event][state];
  if (outcome === "refuse") return notNow(event, open.row, state);
  if (outcome === "same" || outcome === "ignore") return null;
  const change = (await handler.write?.(open)) ?? {};
  // A verb may come to another state than the table's by what it wrote: `decide` looks at it now.
  const to = outcome === "decide" ? decideState(open) : outcome === "record" ? state : outcome;
  await transition(open, event, to, change.row ?? {}, change.detail === undefined ? {} : { detail: change.detail });
  return null;
}

function requireSeenUnlessSame(open: OpenRequest, event: RequestEvent, seen: Seen): void {
  if (REQUEST_TRANSITIONS[event][stateOf(open)] !== "same") requireSeen(open.row, seen);
}
