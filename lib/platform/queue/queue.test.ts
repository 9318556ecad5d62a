import { afterAll, describe, expect } from "vitest";
import { z } from "zod";
import { Registry } from "#lib/platform/metrics.ts";
import { type Consumer, consumeQueue, type QueuedJob } from "#lib/platform/queue/consume.ts";
import { defineJob, packJob, unpackJob } from "#lib/platform/queue/define-job.ts";
import { UnrecoverableError } from "#lib/platform/queue/errors.ts";
import { getQueues } from "#lib/platform/queue/queues.ts";
import { relayOutbox, sweepOutbox } from "#lib/platform/queue/relay.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { hasRedis, startRedis, type TestRedis } from "#lib/testing/redis.ts";

const Greet = defineJob({
  name: "greet",
  queue: "events",
  version: 2,
  payload: z.object({ name: z.string() }),
  attempts: 3,
  backoffMs: 50,
});

const REDIS = await hasRedis();
let redis: TestRedis | undefined;
const consumers: Consumer[] = [];

afterAll(async () => {
  await Promise.all(consumers.map((consumer) => consumer.close(2_000)));
  await redis?.stop();
});

/** The same runtime, its queue on that backend. */
async function on(backend: "postgres" | "redis", runtime: Runtime): Promise<Runtime> {
  if (backend === "postgres") {
    return runtime;
  }
  redis ??= await startRedis();
  const { url } = redis;
  return {
    ...runtime,
    env: { ...runtime.env, REDIS_URL: url },
    singleton: (name, make) => runtime.singleton(`redis.${name}`, make),
    // One registry, one gauge: the Redis twin's would clash with it.
    metrics: runtime.singleton("redis.metrics", () => new Registry()),
  };
}

/** Takes jobs of a test of its own: every test uses names of its own. */
function listenTo(runtime: Runtime, act: (job: QueuedJob) => void = () => undefined) {
  const seen: QueuedJob[] = [];
  const consumer = consumeQueue(runtime, "events", {
    concurrency: 4,
    handler: async (job) => {
      seen.push(job);
      act(job);
    },
  });
  consumers.push(consumer);
  return { seen, consumer };
}

describe.each(["postgres", "redis"] as const)("the queue on %s", (backend) => {
  const test = pgTest.skipIf(backend === "redis" && !REDIS);

  test("keeps one job an id, delivers it, and counts what waits", async ({ runtime }) => {
    const queues = getQueues(await on(backend, runtime));
    expect(queues.backend).toBe(backend);
    await queues.check();
    for (let time = 0; time < 3; time++) await queues.add(Greet, { name: "Ada" }, { jobId: "ada-1" });
    await queues.add(Greet, { name: "late" }, { jobId: "late-1", delayMs: 600 });
    expect(await queues.counts("events")).toMatchObject({ waiting: 1, delayed: 1, active: 0 });
    const { seen, consumer } = listenTo(await on(backend, runtime));
    await expect.poll(() => seen.map((job) => job.id)).toEqual(["ada-1", "late-1"]);
    expect(unpackJob(Greet, seen[0]?.data)).toEqual({ name: "Ada" });
    await expect.poll(async () => (await queues.counts("events")).active).toBe(0);
    await queues.add(Greet, { name: "again" }, { jobId: "ada-1" });
    await expect.poll(() => seen.length).toBe(3);
    await consumer.close(2_000);
  });

  test("tries again what may pass, and ends what cannot", async ({ runtime }) => {
    const host = await on(backend, runtime);
    const queues = getQueues(host);
    const { seen, consumer } = listenTo(host, (job) => {
      if (job.id === "flaky-1" && job.attemptsMade < 2) throw new Error("not yet");
      if (job.id === "hopeless-1") throw new UnrecoverableError("never", { cause: new Error("why") });
    });
    await queues.add(Greet, { name: "flaky" }, { jobId: "flaky-1" });
    await queues.add(Greet, { name: "hopeless" }, { jobId: "hopeless-1" });
    const tries = (id: string) => seen.filter((job) => job.id === id).map((job) => job.attemptsMade);
    await expect.poll(() => tries("flaky-1")).toEqual([0, 1, 2]);
    await expect.poll(async () => (await queues.counts("events")).failed).toBe(1);
    expect(tries("hopeless-1")).toEqual([0]);
    await consumer.close(2_000);
  });

  test("closes although a job goes on", async ({ runtime }) => {
    const host = await on(backend, runtime);
    let isTaken = false;
    let end: () => void = () => undefined;
    const consumer = consumeQueue(host, "training", {
      concurrency: 1,
      handler: () =>
        new Promise<void>((resolve) => {
          isTaken = true;
          end = resolve;
        }),
    });
    await getQueues(host).add({ ...Greet, queue: "training" }, { name: "slow" }, { jobId: "slow-1" });
    await expect.poll(() => isTaken).toBe(true);
    await consumer.close(300);
    end();
  });
});

pgTest.skipIf(!REDIS)("says that it is away when Redis is", async ({ runtime }) => {
  const mortal = await startRedis();
  const host: Runtime = {
    ...runtime,
    env: { ...runtime.env, REDIS_URL: mortal.url },
    singleton: (name, make) => runtime.singleton(`mortal.${name}`, make),
    metrics: runtime.singleton("mortal.metrics", () => new Registry()),
  };
  const queues = getQueues(host);
  await expect
    .poll(
      () =>
        queues.check().then(
          () => "up",
          () => "down",
        ),
      { timeout: 5_000 },
    )
    .toBe("up");
  await mortal.stop();
  await expect(queues.add(Greet, { name: "x" }, { jobId: "x-1" })).rejects.toMatchObject({ code: "queue_unavailable" });
  await expect(queues.check()).rejects.toMatchObject({ kind: "unavailable" });
});

pgTest("refuses jobs of a newer version and damaged ones for good", () => {
  const packed = packJob(Greet, { name: "Ada" });
  expect(unpackJob(Greet, packed)).toEqual({ name: "Ada" });
  for (const wrong of [{ ...packed, v: 3 }, { v: 2, payload: {} }, "nonsense"]) {
    expect(() => unpackJob(Greet, wrong)).toThrow(UnrecoverableError);
  }
});

pgTest("every event is relayed once by any number of relays, and one that fails stays", async ({ runtime, db }) => {
  await db.outbox.createMany({
    data: Array.from({ length: 230 }, (_, index) => ({ topic: index === 7 ? "bad" : "good", payload: { index } })),
  });
  const sent: string[] = [];
  const relayAll = async () => {
    for (;;) {
      const { taken, failed } = await relayOutbox(runtime, async (event) => {
        if (event.topic === "bad") throw new Error("nobody takes it");
        sent.push(event.id);
      });
      if (taken === failed) return;
    }
  };
  await Promise.all([relayAll(), relayAll(), relayAll()]);
  await relayAll();
  expect(sent).toHaveLength(229);
  expect(new Set(sent).size).toBe(229);
  const [left] = await db.outbox.findMany({ where: { sentAt: null } });
  expect(left).toMatchObject({ topic: "bad", lastError: "nobody takes it" });
  await db.outbox.updateMany({ where: { topic: "good" }, data: { sentAt: new Date(Date.now() - 8 * 86_400_000) } });
  await sweepOutbox(runtime);
  expect(await db.outbox.count()).toBe(1);
});
