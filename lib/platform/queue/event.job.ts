import { z } from "zod";
import { defineJob } from "#lib/platform/queue/define-job.ts";

/** An outbox event on its way to its subscribers. At least once: subscribers are idempotent. */
export const HandleEvent = defineJob({
  name: "handle-event",
  queue: "events",
  version: 1,
  payload: z.object({
    outboxId: z.string(),
    topic: z.string(),
    payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  }),
  attempts: 8,
  backoffMs: 500,
});
