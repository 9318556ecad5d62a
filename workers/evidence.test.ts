import { afterAll, expect } from "vitest";
import { Evidence } from "#lib/approvals/evidence/schemas.ts";
import { seedDataset, seedVersion } from "#lib/approvals/evidence/testing/versions.ts";
import { ask, makeScene, protect } from "#lib/approvals/testing/scene.ts";
import { getQueues } from "#lib/platform/queue/queues.ts";
import { digitOnnx } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { evidenceProcessor } from "#workers/evidence.processor.ts";
import { startOutboxRelay } from "#workers/outbox-relay.ts";
import { startRunner } from "#workers/runner.ts";

const closers: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

pgTest(
  "a request gets its evidence by itself; where there can be none, it says why and is not tried again",
  async ({ ctx, runtime, db }) => {
    const queues = getQueues(runtime);
    const relay = await startOutboxRelay(runtime, queues);
    const runner = startRunner(runtime, {
      actor: { type: "worker", id: "w_test", scopes: ["approvals:request", "registry:read", "datasets:read"] },
      processors: [evidenceProcessor()],
      concurrency: { training: 1, events: 4 },
    });
    closers.push(
      () => relay.stop(),
      () => runner.stop(2_000),
    );
    const scene = await makeScene(ctx);
    await protect(scene);
    const dataset = await seedDataset(ctx, { train: 60, test: 40 });
    const strange = await seedVersion(ctx, digitOnnx(1), { dataset: null });
    const champion = await seedVersion(ctx, digitOnnx(2), { dataset, stage: "Production" });
    const version = await seedVersion(ctx, digitOnnx(3), { dataset });
    const hopeless = await ask(scene, { version: strange });
    const good = await ask(scene, { version });

    const row = (id: string) => db.approvalRequest.findUniqueOrThrow({ where: { id } });
    const SLOW = { timeout: 60_000, interval: 100 };
    await expect.poll(async () => (await row(good.id)).evidenceDigest, SLOW).not.toBeNull();
    const { facts } = Evidence.parse((await row(good.id)).evidence);
    expect(facts).toMatchObject({ candidate: { version }, champion: { version: champion } });
    await expect
      .poll(async () => (await row(hopeless.id)).evidenceError, SLOW)
      .toContain("does not say what it was trained on");
    const where = { subject: `approval:${hopeless.id}`, action: "approval.evidence" };
    expect(await db.auditEvent.count({ where })).toBe(1);
    expect((await queues.counts("events")).delayed).toBe(0);
  },
);
