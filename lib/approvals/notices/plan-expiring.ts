import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { planNotices } from "#lib/approvals/notices/plan-notices.ts";
import { selectExpiring } from "#lib/approvals/notices/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** Tells of undecided requests that end soon, each once a round, in all projects. @returns how many notices are new */
export async function planExpiring(ctx: Ctx, channels: NoticeChannels): Promise<number> {
  let planned = 0;
  for (const { projectId, requestId, round } of await selectExpiring(ctx, ctx.clock.now())) {
    const eventKey = `expiring-${requestId}-${round}`;
    planned += await planNotices({ ...ctx, projectId }, channels, { eventKey, kind: "expiring", requestId, round });
  }
  return planned;
}
