import { afterAll, expect } from "vitest";
import type { NoticeChannels } from "#lib/approvals/notices/channels.ts";
import { seedNoticedRequest, seedPerson } from "#lib/approvals/notices/testing/request.ts";
import { startMailServer, startWebhook } from "#lib/approvals/notices/testing/servers.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { openMailer } from "#lib/platform/mail.ts";
import { emit } from "#lib/platform/outbox.ts";
import { getQueues } from "#lib/platform/queue/queues.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { eventsProcessor } from "#workers/events.processor.ts";
import { noticesProcessor } from "#workers/notices.processor.ts";
import { startOutboxRelay } from "#workers/outbox-relay.ts";
import { startRunner } from "#workers/runner.ts";

const closers: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

/** The part of a worker that tells people. */
async function tellBy(runtime: Runtime, channels: NoticeChannels): Promise<void> {
  const places = { cacheDir: runtime.env.ASSAY_CACHE };
  const relay = await startOutboxRelay(runtime, getQueues(runtime));
  const runner = startRunner(runtime, {
    actor: { type: "worker", id: "w_test", scopes: ["approvals:request"] },
    processors: [eventsProcessor({ places, channels }), noticesProcessor(channels)],
    concurrency: { training: 1, events: 4 },
  });
  closers.push(
    () => relay.stop(),
    () => runner.stop(2_000),
  );
}

const statesOf = async (ctx: Ctx) =>
  (await ctx.db.notice.findMany({ where: { projectId: ctx.projectId }, orderBy: { channel: "asc" } })).map(
    ({ channel, state, attempts }) => `${channel} ${state} ${attempts}`,
  );

pgTest(
  "servers that fail twice get the message at the third try, once, however often the event is delivered",
  async ({ ctx, runtime, db }) => {
    const smtp = await startMailServer((attempt) => (attempt < 2 ? 451 : null));
    const slack = await startWebhook((attempt) => (attempt < 2 ? 503 : 200));
    closers.push(smtp.close, slack.close);
    await tellBy(runtime, {
      mailer: openMailer({ ...runtime.env, ASSAY_SMTP_URL: smtp.url }),
      slackUrl: slack.url,
      publicUrl: "https://assay.example.org",
      egressAllow: "127.0.0.0/8",
    });
    const ada = await seedPerson(ctx, "Ada", "member");
    await seedPerson(ctx, "Bob", "reviewer");
    const requestId = await seedNoticedRequest(ctx, { requestedBy: ada });
    // Without a worker for evidence, its job waits; the notices do not.
    await withTransaction(ctx, (tx) =>
      emit(tx, "approval.requested", { projectId: ctx.projectId, requestId, round: 1 }),
    );
    await expect.poll(() => statesOf(ctx), { timeout: 60_000, interval: 100 }).toEqual(["mail sent 3", "slack sent 3"]);
    expect(smtp.taken).toHaveLength(1);
    expect(slack.taken).toHaveLength(1);

    // As after a relay that died between handing the event over and marking it.
    await db.outbox.updateMany({ where: { topic: "approval.requested" }, data: { sentAt: null } });
    await db.outbox.updateMany({ where: { topic: "notice.planned" }, data: { sentAt: null } });
    await expect.poll(() => db.outbox.count({ where: { sentAt: null } })).toBe(0);
    const isIdle = async () => {
      const { active, delayed } = await getQueues(runtime).counts("events");
      return active + delayed;
    };
    await expect.poll(isIdle, { interval: 250 }).toBe(0);
    expect(await statesOf(ctx)).toEqual(["mail sent 3", "slack sent 3"]);
    expect([smtp.taken.length, slack.taken.length, smtp.tries(), slack.tries()]).toEqual([1, 1, 3, 3]);
  },
);
