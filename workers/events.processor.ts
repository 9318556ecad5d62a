import { z } from "zod";
import { APPROVAL_CHANGED, APPROVAL_REQUESTED, ApprovalChanged } from "#lib/approvals/events.ts";
import { executeIfWanted } from "#lib/approvals/index.ts";
import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { noticeOf, planNotices } from "#lib/approvals/notices/plan-notices.ts";
import type { DatasetPlaces } from "#lib/datasets/places.ts";
import { prepareDataset } from "#lib/datasets/prepare-dataset.ts";
import { DatasetSourceSchema } from "#lib/datasets/schemas.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";
import { settleStrategy } from "#lib/training/settle-strategy.ts";
import { JOBS } from "#workers/jobs.ts";
import { type Processor, processor } from "#workers/runner.ts";

/** What subscribers may need of the process. */
export interface EventHost {
  places: DatasetPlaces;
  channels: NoticeChannels;
}
type Subscriber = (
  ctx: Ctx,
  payload: unknown,
  host: EventHost,
  event: { id: string; topic: string },
) => Promise<unknown>;

const RunEnded = z.object({ runId: z.string() });
const DatasetRequested = z.object({ source: DatasetSourceSchema });
const onRunEnd: Subscriber = (ctx, payload) => settleStrategy(ctx, RunEnded.parse(payload));

const tell: Subscriber = async (ctx, payload, { channels }, event) => {
  const notice = noticeOf({ ...event, payload });
  if (notice !== null) await planNotices(ctx, channels, notice);
};

const onApproved: Subscriber = async (ctx, payload) => {
  const { requestId, to, from } = ApprovalChanged.parse(payload);
  if (to === "approved" && from !== to) await executeIfWanted(ctx, { id: requestId });
};

/** Who hears what. Events may come twice: subscribers are idempotent. */
export const SUBSCRIPTIONS: Record<string, Subscriber[]> = {
  "run.finished": [onRunEnd],
  "run.failed": [onRunEnd],
  "run.cancelled": [onRunEnd],
  [APPROVAL_REQUESTED]: [tell],
  [APPROVAL_CHANGED]: [onApproved, tell],
  "dataset.requested": [(ctx, payload, { places }) => prepareDataset(ctx, places, DatasetRequested.parse(payload))],
};

/** What events set off is done by the system, not by whoever's worker it is. */
const SYSTEM: Actor = {
  type: "system",
  id: "events",
  scopes: [
    "tracking:read",
    "tracking:write",
    "registry:read",
    "registry:write",
    "datasets:read",
    "datasets:write",
    "approvals:request",
  ],
};

/** Hands an event to its subscribers. */
export function eventsProcessor(host: EventHost): Processor {
  return processor(JOBS.HandleEvent, async ({ payload, ctx }) => {
    const { topic, payload: event } = payload;
    const projectId = event["projectId"];
    if (typeof projectId !== "string") {
      throw new UnrecoverableError(`the event ${payload.outboxId} (${topic}) names no project`);
    }
    for (const subscriber of SUBSCRIPTIONS[topic] ?? []) {
      await subscriber(ctx(projectId, SYSTEM), event, host, { id: payload.outboxId, topic });
    }
  });
}
