import { Redis } from "ioredis";
import { afterAll, expect } from "vitest";
import { pgTest } from "#lib/testing/pg.ts";
import { hasRedis, startRedis, type TestRedis } from "#lib/testing/redis.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import { spawnWorker, type WorkerProcess } from "#workers/testing/worker-process.ts";

const REDIS = await hasRedis();
let redis: TestRedis | undefined;
let worker: WorkerProcess | undefined;

afterAll(async () => {
  worker?.kill("SIGKILL");
  await worker?.exited;
  await redis?.stop();
});

pgTest.skipIf(!REDIS)(
  "on Redis a run is trained as well, also when Redis forgot its job",
  async ({ ctx, runtime }) => {
    redis = await startRedis();
    await seedDigits(ctx, { train: 500, test: 100 });
    worker = spawnWorker({
      DATABASE_URL: runtime.env.DATABASE_URL,
      REDIS_URL: redis.url,
      ASSAY_HOME: runtime.env.ASSAY_HOME,
      ASSAY_CACHE: runtime.env.ASSAY_CACHE,
      ASSAY_ENGINES: "wasm",
    });
    const finished = (runId: string) =>
      expect
        .poll(async () => (await getTrainedRun(ctx, { id: runId })).status, { timeout: 120_000, interval: 200 })
        .toBe("FINISHED");
    const { runId } = await submitRun(ctx, smallRun({ epochs: 1 }));
    await finished(runId);
    const client = new Redis(redis.url);
    expect(await client.keys("assay:*")).not.toEqual([]);

    // What the relay had handed over is lost, as if Redis had restarted without its disk.
    const { runId: lost } = await submitRun(ctx, smallRun({ epochs: 1 }));
    await ctx.pool.query("UPDATE outbox SET sent_at = now() WHERE payload ->> 'runId' = $1", [lost]);
    await client.flushall();
    await ctx.pool.query("UPDATE training_job SET created_at = now() - interval '1 minute' WHERE run_id = $1", [lost]);
    await finished(lost);
    client.disconnect();
  },
  300_000,
);
