import { afterAll, expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { parseEnv, WorkerEnv } from "#lib/platform/env.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { getModel } from "#lib/registry/get-model.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { cancelRun } from "#lib/training/cancel-run.ts";
import { getStrategyRun } from "#lib/training/get-strategy-run.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { retryRun } from "#lib/training/retry-run.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import { type RunningWorker, startWorker } from "#workers/start-worker.ts";

let worker: RunningWorker | undefined;

async function theWorker(runtime: Runtime): Promise<void> {
  worker ??= await startWorker(
    runtime,
    parseEnv(WorkerEnv, {
      DATABASE_URL: runtime.env.DATABASE_URL,
      ASSAY_HOME: runtime.env.ASSAY_HOME,
      ASSAY_CACHE: runtime.env.ASSAY_CACHE,
      ASSAY_ENGINES: "wasm",
      ASSAY_QUICKSTART: "0",
    }),
  );
}

const status = async (ctx: Ctx, id: string) => (await getTrainedRun(ctx, { id })).status;
const SLOW = { timeout: 120_000, interval: 200 };

afterAll(async () => {
  await worker?.stop();
});

pgTest("a submitted run is trained, tracked, evaluated and its artifacts kept", async ({ ctx, runtime }) => {
  await theWorker(runtime);
  await seedDigits(ctx, { train: 1_000, test: 300 });
  const { runId } = await submitRun(ctx, smallRun({ metricsEveryBatches: 5 }));
  await expect.poll(() => status(ctx, runId), SLOW).toBe("FINISHED");

  const run = await getTrainedRun(ctx, { id: runId });
  expect(run.training).toMatchObject({ attempt: 1, epochsDone: 2, workerId: null });
  expect(run.evaluation?.count).toBe(300);
  expect(run.metrics["test_accuracy"]?.value).toBe(run.evaluation?.accuracy);
  expect(run.tags).toMatchObject({ engine: "wasm", dataset: "synthetic-digits", "dataset.synthetic": "true" });
  expect(run.tags["code.revision"]).toMatch(/^([0-9a-f]{40}|v\d)/);
  expect(run.artifacts.map((artifact) => artifact.path)).toEqual(
    expect.arrayContaining([
      "model/MLmodel",
      "model/model.json",
      "model/model.onnx",
      "evaluation.json",
      "summary.json",
    ]),
  );
  const series = new Map((await getMetricHistory(ctx, { runId })).map((one) => [one.key, one]));
  for (const key of ["loss", "accuracy", "val_loss", "val_accuracy", "samples_per_second", "learning_rate"]) {
    expect(series.get(key)?.points.map(([step]) => step)).toEqual([1, 2]);
  }
  expect(series.get("batch_loss")?.points.map(([step]) => step)).toEqual([5, 10, 15, 20, 25, 30, 35, 40]);
});

pgTest("the best run of a strategy is registered and on record", async ({ ctx, runtime, db }) => {
  await theWorker(runtime);
  await seedDigits(ctx, { train: 600, test: 200 });
  const overrides = { engine: "wasm", epochs: 1, trainLimit: 400 } as const;
  const group = await submitStrategy(ctx, { name: "mnist-three-runs", dataset: "synthetic-digits", overrides });
  expect(group.runs.map((run) => run.name)).toEqual(["baseline-adam-1e-3", "enhanced-adam-1e-3", "enhanced-adam-5e-4"]);
  await expect.poll(async () => (await getStrategyRun(ctx, { id: group.id })).status, SLOW).toBe("FINISHED");

  const over = await getStrategyRun(ctx, { id: group.id });
  const accuracies = over.runs.map((run) => run.testAccuracy ?? 0);
  const best = over.runs[accuracies.indexOf(Math.max(...accuracies))];
  expect(over.bestRunId).toBe(best?.runId);
  const model = await getModel(ctx, { name: "digits" });
  expect(model.versions).toMatchObject([{ version: 1, runId: best?.runId, stage: "None" }]);
  expect(model.versions[0]?.lineage).toMatchObject({ synthetic: true, strategy: "mnist-three-runs", engine: "wasm" });
  const where = { chain: `project:${ctx.projectId}`, action: "version.register" };
  expect(await db.auditEvent.findMany({ where })).toMatchObject([{ actor: "system:events" }]);
});

pgTest("a run that trains is cancelled, and goes on from its checkpoint when retried", async ({ ctx, runtime }) => {
  await theWorker(runtime);
  await seedDigits(ctx, { train: 900, test: 200 });
  const { runId } = await submitRun(ctx, smallRun({ epochs: 4, architecture: "enhanced", metricsEveryBatches: 1 }));
  await expect
    .poll(async () => (await getTrainedRun(ctx, { id: runId })).training?.epochsDone, SLOW)
    .toBeGreaterThan(0);
  const asked = Date.now();
  await cancelRun(ctx, { runId });
  await expect.poll(() => status(ctx, runId), { timeout: 60_000, interval: 20 }).toBe("CANCELLED");
  const tookMs = Date.now() - asked;
  expect(tookMs).toBeLessThan(20_000);
  const before = (await getMetricHistory(ctx, { runId, keys: ["loss"] }))[0]?.points ?? [];

  await retryRun(ctx, { runId });
  await expect.poll(() => status(ctx, runId), SLOW).toBe("FINISHED");
  const after = (await getMetricHistory(ctx, { runId, keys: ["loss"] }))[0]?.points ?? [];
  expect(after.map(([step]) => step)).toEqual([1, 2, 3, 4]);
  expect(after.slice(0, before.length)).toEqual(before);
  const steps = (await getMetricHistory(ctx, { runId, keys: ["batch_loss"] }))[0]?.points.map(([step]) => step) ?? [];
  expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));
});
