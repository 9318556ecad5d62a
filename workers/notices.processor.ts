import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { sendNotice } from "#lib/approvals/notices/send-notice.ts";
import { JOBS } from "#workers/jobs.ts";
import { type Processor, processor } from "#workers/runner.ts";

/** Sends notices. What is refused for good is marked on the notice; the queue tries the rest again. */
export function noticesProcessor(channels: NoticeChannels): Processor {
  return processor(JOBS.SendNotice, async ({ payload, ctx, logger }) => {
    const { projectId, noticeId } = payload;
    const outcome = await sendNotice(ctx(projectId), channels, { noticeId });
    logger[outcome === "failed" ? "error" : "info"]({ noticeId, outcome }, "notice job ended");
  });
}
