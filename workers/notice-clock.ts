import { isConfigured, type NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { planExpiring } from "#lib/approvals/notices/plan-expiring.ts";
import { sendNoticeJobId } from "#lib/approvals/notices/send-notice.job.ts";
import { selectNeglected } from "#lib/approvals/notices/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Queues } from "#lib/platform/queue/queues.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { type Background, startBackground } from "#workers/background.ts";
import { JOBS } from "#workers/jobs.ts";

const EVERY_MS = 60_000;
/** The relay has made it a job long before. */
const NEGLECTED_MS = 300_000;

/**
 * Tells of requests that end soon, and queues notices once more that still wait: the queue keeps one job a notice, so this
 * changes something only where the queue lost it. Does nothing where no channel is set up.
 */
export function startNoticeClock(runtime: Runtime, ctx: Ctx, queues: Queues, channels: NoticeChannels): Background {
  return startBackground({
    name: "notice clock",
    everyMs: EVERY_MS,
    logger: runtime.logger,
    async work() {
      if (!isConfigured(channels)) return false;
      await planExpiring(ctx, channels);
      const before = new Date(runtime.clock.now().getTime() - NEGLECTED_MS);
      for (const notice of await selectNeglected(ctx, before)) {
        await queues.add(JOBS.SendNotice, notice, { jobId: sendNoticeJobId(notice.noticeId) });
      }
      return false;
    },
  });
}
