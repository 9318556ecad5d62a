import { expect } from "vitest";
import { pgTest } from "#lib/testing/pg.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import { trainUnderKills } from "#workers/testing/train-under-kills.ts";
import { spawnWorker } from "#workers/testing/worker-process.ts";

const SPEC = { epochs: 5, architecture: "enhanced", batchSize: 64, metricsEveryBatches: 4 } as const;

pgTest(
  "three kill -9 of the worker: every epoch logged once, and the model is the one of an unbroken run",
  async ({ ctx, runtime }) => {
    await seedDigits(ctx, { train: 900, test: 200 });
    const env = {
      DATABASE_URL: runtime.env.DATABASE_URL,
      ASSAY_HOME: runtime.env.ASSAY_HOME,
      ASSAY_CACHE: runtime.env.ASSAY_CACHE,
      ASSAY_ENGINES: "wasm",
    };
    const { runId } = await submitRun(ctx, smallRun(SPEC));
    const pauses = [300, 2_500, 1_500];
    const killed = await trainUnderKills(ctx, {
      runId,
      kills: 3,
      env,
      pauseMs: (kill) => pauses[kill] ?? 1_000,
      timeoutMs: 150_000,
    });
    expect(killed.run.status).toBe("FINISHED");
    expect(killed.kills).toBe(3);
    expect(killed.run.training?.attempt).toBe(4);
    expect(killed.epochs).toEqual([1, 2, 3, 4, 5]);
    expect(killed.orphans).toEqual([]);

    const { runId: unbrokenId } = await submitRun(ctx, smallRun(SPEC));
    const unbroken = await trainUnderKills(ctx, {
      runId: unbrokenId,
      kills: 0,
      env,
      pauseMs: () => 0,
      timeoutMs: 90_000,
    });
    expect(killed.losses).toEqual(unbroken.losses);
    expect(killed.run.evaluation).toEqual(unbroken.run.evaluation);
  },
  300_000,
);

pgTest("SIGTERM hands the run back, and the next worker finishes it", async ({ ctx, runtime }) => {
  await seedDigits(ctx, { train: 900, test: 200 });
  const env = {
    DATABASE_URL: runtime.env.DATABASE_URL,
    ASSAY_HOME: runtime.env.ASSAY_HOME,
    ASSAY_CACHE: runtime.env.ASSAY_CACHE,
    ASSAY_ENGINES: "wasm",
  };
  const { runId } = await submitRun(ctx, smallRun({ ...SPEC, epochs: 3 }));
  const worker = spawnWorker(env);
  const epochsDone = async () => (await getTrainedRun(ctx, { id: runId })).training?.epochsDone ?? 0;
  await expect.poll(epochsDone, { timeout: 60_000 }).toBeGreaterThan(0);
  const asked = Date.now();
  worker.kill("SIGTERM");
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  expect(Date.now() - asked).toBeLessThan(30_000);
  expect(await getTrainedRun(ctx, { id: runId })).toMatchObject({ status: "QUEUED", training: { workerId: null } });

  const rest = await trainUnderKills(ctx, { runId, kills: 0, env, pauseMs: () => 0, timeoutMs: 90_000 });
  expect(rest.run).toMatchObject({ status: "FINISHED", training: { attempt: 2 } });
  expect(rest.epochs).toEqual([1, 2, 3]);
});
