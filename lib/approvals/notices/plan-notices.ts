import { dutyConflict, thresholdsOf } from "#lib/approvals/eligibility.ts";
import { APPROVAL_REQUESTED, ApprovalChanged, ApprovalRequested } from "#lib/approvals/events.ts";
import { isConfigured, type NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { AUDIENCE, kindOf, type NoticeKind } from "#lib/approvals/notices/kinds.ts";
import type { NoticeChannel } from "#lib/approvals/notices/schemas.ts";
import { NOTICE_PLANNED } from "#lib/approvals/notices/send-notice.job.ts";
import { insertNotice, selectPersonIds } from "#lib/approvals/notices/store.ts";
import { selectOwners, selectReviewers } from "#lib/approvals/store/people.ts";
import { type RequestRow, selectRequest } from "#lib/approvals/store/requests.ts";
import { selectReviews } from "#lib/approvals/store/reviews.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { emit } from "#lib/platform/outbox.ts";

export interface PlanNoticesInput {
  /** Names the event: one that comes twice is told once. */
  eventKey: string;
  kind: NoticeKind;
  requestId: string;
  round: number;
  /** Who did it, as in the record: nobody is told of their own doing. */
  actor?: string;
}

/** What an event of the outbox is to people; null: nothing. */
export function noticeOf(event: { id: string; topic: string; payload: unknown }): PlanNoticesInput | null {
  const eventKey = `outbox-${event.id}`;
  if (event.topic === APPROVAL_REQUESTED) {
    const { requestId, round } = ApprovalRequested.parse(event.payload);
    return { eventKey, kind: "requested", requestId, round };
  }
  const { requestId, round, actor, ...changed } = ApprovalChanged.parse(event.payload);
  const kind = kindOf(changed);
  if (kind === null) return null;
  // However often it is tried, a round's failure is told once.
  const once = kind === "evidence_failed" ? `${kind}-${requestId}-${round}` : eventKey;
  return { eventKey: once, kind, requestId, round, actor };
}

/**
 * Writes down who is to be told of an event, one row a recipient and channel, and has each of them sent. Nothing happens
 * where no channel is set up, and to those who were told before.
 *
 * @returns how many are new
 */
export async function planNotices(ctx: Ctx, channels: NoticeChannels, input: PlanNoticesInput): Promise<number> {
  requireScope(ctx, "approvals:request");
  if (!isConfigured(channels)) return 0;
  const { eventKey, kind, requestId, round } = input;
  return withTransaction(ctx, async (tx) => {
    const request = await selectRequest(tx, requestId);
    // An old round's news help nobody.
    if (request === null || request.round !== round) return 0;
    if (kind === "evidence_failed" && request.evidenceError === null) return 0;
    const people = channels.mailer === null ? [] : await recipientsOf(tx, request, input);
    const wanted: { channel: NoticeChannel; recipient: string }[] = [
      ...people.map((recipient) => ({ channel: "mail" as const, recipient })),
      ...(channels.slackUrl === null ? [] : [{ channel: "slack" as const, recipient: "webhook" }]),
    ];
    let planned = 0;
    for (const { channel, recipient } of wanted) {
      const id = newId("ntc");
      if (await insertNotice(tx, { id, eventKey, channel, recipient, kind, requestId, round })) {
        await emit(tx, NOTICE_PLANNED, { projectId: tx.projectId, noticeId: id });
        planned += 1;
      }
    }
    return planned;
  });
}

async function recipientsOf(ctx: Ctx, request: RequestRow, input: PlanNoticesInput): Promise<string[]> {
  const ids = new Set<string>();
  for (const audience of AUDIENCE[input.kind]) {
    if (audience === "requester") ids.add(request.requestedBy);
    else if (audience === "eligible") for (const id of await eligibleFor(ctx, request)) ids.add(id);
    else for (const id of await reviewersOf(ctx, request)) ids.add(id);
  }
  for (const own of input.actor === undefined ? [] : await selectOwners(ctx, [input.actor])) ids.delete(own);
  return selectPersonIds(ctx, [...ids]);
}

/** Those whose review would count and who have not given one in this round. */
async function eligibleFor(ctx: Ctx, request: RequestRow): Promise<string[]> {
  const done = new Set(await reviewersOf(ctx, request));
  return (await selectReviewers(ctx))
    .filter((standing) => thresholdsOf(request.policy.body, standing).length > 0)
    .filter(({ id }) => dutyConflict(request, id) === null && !done.has(id))
    .map(({ id }) => id);
}

async function reviewersOf(ctx: Ctx, request: RequestRow): Promise<string[]> {
  return (await selectReviews(ctx, [request.id]))
    .filter(({ round, withdrawnAt }) => round === request.round && withdrawnAt === null)
    .map(({ reviewer }) => reviewer);
}
