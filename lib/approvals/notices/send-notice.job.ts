import { z } from "zod";
import { defineJob } from "#lib/platform/queue/define-job.ts";

/** A notice was planned: the relay makes it a job. */
export const NOTICE_PLANNED = "notice.planned";

/** Sends one notice to one recipient by one channel. Tried again for about two hours, each wait twice the one before. */
export const SendNotice = defineJob({
  name: "send-notice",
  queue: "events",
  version: 1,
  payload: z.object({ projectId: z.string(), noticeId: z.string() }),
  attempts: 12,
  backoffMs: 2_000,
});

export function sendNoticeJobId(noticeId: string): string {
  return `notice-${noticeId}`;
}
