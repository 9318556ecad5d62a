import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { composeNotice, type NoticeFacts } from "#lib/approvals/notices/compose-notice.ts";
import { SendNotice } from "#lib/approvals/notices/send-notice.job.ts";
import { type Notice, selectNotice, selectRecipient, settleNotice } from "#lib/approvals/notices/store.ts";
import { toSlack } from "#lib/approvals/notices/to-slack.ts";
import { selectPersons } from "#lib/approvals/store/people.ts";
import { type RequestRow, selectRequest } from "#lib/approvals/store/requests.ts";
import { selectReviews } from "#lib/approvals/store/reviews.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { guardedFetch } from "#lib/platform/egress.ts";
import { InvalidError, isAppError, messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { layOut } from "#lib/platform/mail.ts";

/**
 * `over`: it was settled before. `dropped`: nobody to tell any more, or the channel is not set up any more. `failed`: the
 * other side refuses it for good, or it was tried often enough.
 */
export type SendOutcome = "sent" | "over" | "dropped" | "failed";

/**
 * Sends a planned notice. One job at a time has it, so it is sent once, but for a crash between the sending and the mark;
 * mails carry the notice's id for that case.
 *
 * @throws UnavailableError not now: to be tried again
 */
export async function sendNotice(
  ctx: Ctx,
  channels: NoticeChannels,
  input: { noticeId: string },
): Promise<SendOutcome> {
  requireScope(ctx, "approvals:request");
  const notice = await selectNotice(ctx, input.noticeId);
  if (notice === null || notice.state !== "waiting") return "over";
  try {
    const state = (await deliver(ctx, channels, notice)) ? "sent" : "dropped";
    await settleNotice(ctx, notice.id, { state });
    return state;
  } catch (error) {
    const isLast = notice.attempts + 1 >= SendNotice.attempts;
    const isFinal = isLast || (isAppError(error) && error.kind === "invalid");
    await settleNotice(ctx, notice.id, { state: isFinal ? "failed" : "waiting", error: messageOf(error) });
    if (isFinal) return "failed";
    throw error;
  }
}

/** False: there is nobody to tell. */
async function deliver(ctx: Ctx, channels: NoticeChannels, notice: Notice): Promise<boolean> {
  const facts = await factsOf(ctx, notice);
  if (facts === null) return false;
  const { subject, letter } = composeNotice(facts, channels.publicUrl);
  if (notice.channel === "slack") {
    if (channels.slackUrl === null) return false;
    await postToSlack(channels.slackUrl, channels.egressAllow, toSlack(subject, letter));
    return true;
  }
  const person = await selectRecipient(ctx, notice.recipient);
  if (person === null || channels.mailer === null) return false;
  await channels.mailer.send({ id: notice.id, to: person.email, subject, ...layOut(letter) });
  return true;
}

async function factsOf(ctx: Ctx, notice: Notice): Promise<NoticeFacts | null> {
  const request = await selectRequest(ctx, notice.requestId);
  if (request === null || isStale(notice, request)) return null;
  const reviews = (await selectReviews(ctx, [request.id])).filter(({ round }) => round === notice.round);
  const last = reviews.at(-1);
  const nameOf = await selectPersons(ctx, [request.requestedBy, ...(last === undefined ? [] : [last.reviewer])]);
  return {
    kind: notice.kind,
    projectId: ctx.projectId,
    requestId: request.id,
    round: notice.round,
    subjectDigest: request.subjectDigest,
    modelName: request.modelName,
    modelVersion: request.modelVersion,
    target: request.target,
    requestedBy: nameOf(request.requestedBy).name,
    reason: request.reason,
    expiresAt: request.expiresAt,
    validUntil: request.validUntil,
    reviewDueAt: request.reviewDueAt,
    lastReview: last === undefined ? null : { reviewer: nameOf(last.reviewer).name, comment: last.comment },
    difference: request.evidence?.facts.comparison?.difference ?? null,
    problem: notice.kind === "failed" ? (request.error?.message ?? null) : request.evidenceError,
  };
}

/** What was asked of people is not asked any more. */
function isStale({ kind, round }: Notice, request: RequestRow): boolean {
  if (kind === "evidence_failed") return request.evidenceError === null;
  if (kind !== "requested" && kind !== "expiring") return false;
  return request.round !== round || (request.state !== "pending" && request.state !== "changes_requested");
}

/** 429 and 5xx pass; any other refusal is about the message or the address. */
async function postToSlack(url: string, allow: string, body: string): Promise<void> {
  const { status, body: reply } = await guardedFetch(url, {
    headers: { "Content-Type": "application/json; charset=utf-8" },
    body,
    allow,
  });
  if (status >= 200 && status < 300) return;
  const problem = `Slack answers ${status}: ${reply.toString("utf8").slice(0, 200)}`;
  throw status === 429 || status >= 500
    ? new UnavailableError(problem, { code: "slack_failed" })
    : new InvalidError(problem, { code: "slack_refused" });
}
