import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { getModel } from "#lib/registry/get-model.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { cancelRun } from "#lib/training/cancel-run.ts";
import { claimRun } from "#lib/training/claim-run.ts";
import { fenced } from "#lib/training/fenced.ts";
import { getQueue } from "#lib/training/get-queue.ts";
import { getStrategyRun, listStrategyRuns } from "#lib/training/get-strategy-run.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { listStrategies } from "#lib/training/list-strategies.ts";
import { createProgressLog } from "#lib/training/progress-log.ts";
import { submitQuickstart } from "#lib/training/quickstart.ts";
import { findNeglectedRuns, newWorkerId, releaseDeadWorkers } from "#lib/training/reconcile.ts";
import { retryRun } from "#lib/training/retry-run.ts";
import { finishRun, settleBrokenRun } from "#lib/training/settle-run.ts";
import { bestOf, settleStrategy } from "#lib/training/settle-strategy.ts";
import type { StrategyMember } from "#lib/training/store/strategies.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { submitStrategy } from "#lib/training/submit-strategy.ts";
import { epochReport, evaluationOf } from "#lib/training/testing/reports.ts";
import { smallRun } from "#lib/training/testing/seed-digits.ts";

const WORKER = newWorkerId("w_test");

async function claim(ctx: Ctx, runId: string, workerId = WORKER): Promise<number> {
  const claimed = await claimRun(ctx, { runId, workerId });
  if ("skipped" in claimed) throw new Error(claimed.skipped);
  return claimed.attempt;
}

/** Only a worker writes to the run that it does. */
const asWorker = (ctx: Ctx): Ctx => ({ ...ctx, actor: { type: "system", id: "worker", scopes: ctx.actor.scopes } });

/** Does what a worker does, without the training. */
async function finish(ctx: Ctx, runId: string, accuracy: number): Promise<void> {
  const attempt = { runId, attempt: await claim(ctx, runId) };
  await putArtifact(asWorker(ctx), { runId, path: "model/model.onnx", source: Buffer.from(runId) });
  await finishRun(asWorker(ctx), attempt, 1, evaluationOf(accuracy));
  await settleStrategy(ctx, { runId });
}

const silence = (ctx: Ctx, runId: string) =>
  ctx.pool.query("UPDATE training_job SET heartbeat_at = now() - interval '30 s' WHERE run_id = $1", [runId]);

pgTest("a submission is one transaction: run, job, audit row, event", async ({ ctx, db }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const run = await getTrainedRun(ctx, { id: runId });
  expect(run).toMatchObject({
    status: "QUEUED",
    evaluation: null,
    params: { epochs: "2", learning_rate: "0.001", seed: "42" },
  });
  expect(run.training).toMatchObject({ attempt: 0, epochsDone: 0, dataset: "synthetic-digits" });
  expect(await db.auditEvent.count({ where: { action: "training.submit", subject: `run:${runId}` } })).toBe(1);
  const events = await ctx.pool.query("SELECT topic, payload FROM outbox WHERE payload ->> 'runId' = $1", [runId]);
  expect(events.rows).toMatchObject([{ topic: "run.queued", payload: { attempt: 0 } }]);
  expect((await getQueue(ctx)).waiting).toMatchObject([{ runId, epochs: 2 }]);
});

pgTest("a strategy takes overrides for all and for single runs", async ({ ctx, db }) => {
  const group = await submitStrategy(ctx, {
    name: "mnist-three-runs",
    overrides: { epochs: 1, engine: "wasm" },
    runs: [{}, { epochs: 3, seed: 7 }],
  });
  expect(group.runs.map((run) => run.epochs)).toEqual([1, 3, 1]);
  const second = await getTrainedRun(ctx, { id: group.runs[1]?.runId ?? "" });
  expect(second.training?.spec).toMatchObject({
    engine: "wasm",
    seed: 7,
    architecture: "enhanced",
    learningRate: 1e-3,
  });
  expect(second.tags).toMatchObject({ strategy: "mnist-three-runs", strategy_run: group.id });
  const where = { action: "training.submit_strategy", subject: `strategy_run:${group.id}` };
  expect(await db.auditEvent.count({ where })).toBe(1);
  expect(await listStrategyRuns(ctx)).toHaveLength(1);
  await expect(submitStrategy(ctx, { name: "nothing" })).rejects.toMatchObject({ kind: "not_found" });
  const four = [{}, {}, {}, {}];
  await expect(submitStrategy(ctx, { name: "mnist-three-runs", runs: four })).rejects.toMatchObject({
    kind: "invalid",
  });
});

pgTest("of many workers that want a run one gets it, and a silent one loses it", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const claims = await Promise.all(
    Array.from({ length: 8 }, (_, index) => claimRun(ctx, { runId, workerId: `host/1/${index}` })),
  );
  expect(claims.filter((one) => "attempt" in one)).toHaveLength(1);
  await silence(ctx, runId);
  expect(await findNeglectedRuns(ctx)).toContainEqual({ projectId: ctx.projectId, runId, attempt: 1 });
  expect(await claim(ctx, runId)).toBe(2);
  await expect(fenced(ctx, { runId, attempt: 1 }, async () => undefined)).rejects.toMatchObject({ code: "run_lost" });
  const dead = createProgressLog(asWorker(ctx), { runId, attempt: 1 });
  await expect(dead.epoch(epochReport(1))).rejects.toMatchObject({ code: "run_lost" });
  expect(await getMetricHistory(ctx, { runId })).toEqual([]);
});

pgTest("an epoch is logged once, however often it is reported", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const log = createProgressLog(asWorker(ctx), { runId, attempt: await claim(ctx, runId) });
  for (const epoch of [1, 1, 2]) await log.epoch(epochReport(epoch));
  await silence(ctx, runId);
  const next = createProgressLog(asWorker(ctx), { runId, attempt: await claim(ctx, runId) });
  next.ready({ engine: "wasm", threads: 1, resumedEpochs: 2, loadSeconds: 0 });
  for (const epoch of [2, 3]) await next.epoch(epochReport(epoch));
  const [loss] = await getMetricHistory(ctx, { runId, keys: ["loss"] });
  expect(loss?.points.map(([step]) => step)).toEqual([1, 2, 3]);
});

pgTest("a run whose checkpoint is gone starts anew, without its old points", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const log = createProgressLog(asWorker(ctx), { runId, attempt: await claim(ctx, runId) });
  for (const epoch of [1, 2]) await log.epoch(epochReport(epoch));
  await silence(ctx, runId);
  const next = createProgressLog(asWorker(ctx), { runId, attempt: await claim(ctx, runId) });
  next.ready({ engine: "wasm", threads: 1, resumedEpochs: 0, loadSeconds: 0 });
  await next.epoch(epochReport(1));
  expect((await getTrainedRun(ctx, { id: runId })).training?.epochsDone).toBe(1);
  const [loss] = await getMetricHistory(ctx, { runId, keys: ["loss"] });
  expect(loss?.points.map(([step]) => step)).toEqual([1]);
  expect((await getRun(ctx, { id: runId })).metrics["loss"]?.step).toBe(1);
});

pgTest("a queued run is cancelled at once and can be retried", async ({ ctx, db }) => {
  const { runId } = await submitRun(ctx, smallRun());
  expect(await cancelRun(ctx, { runId })).toMatchObject({ status: "CANCELLED" });
  await expect(cancelRun(ctx, { runId })).rejects.toMatchObject({ code: "run_over" });
  expect(await claimRun(ctx, { runId, workerId: WORKER })).toHaveProperty("skipped");
  expect(await retryRun(ctx, { runId })).toMatchObject({ status: "QUEUED" });
  await expect(retryRun(ctx, { runId })).rejects.toMatchObject({ code: "run_not_retryable" });
  expect(await claim(ctx, runId)).toBe(2);
  const records = await db.auditEvent.findMany({ where: { subject: `run:${runId}` }, orderBy: { seq: "asc" } });
  expect(records.map((record) => record.action)).toEqual(["training.submit", "training.cancel", "training.retry"]);
  expect(await cancelRun(ctx, { runId })).toMatchObject({ status: "RUNNING" });
  await silence(ctx, runId);
  expect(await cancelRun(ctx, { runId })).toMatchObject({ status: "CANCELLED" });
  await deleteRun(ctx, { id: runId });
  await expect(retryRun(ctx, { runId })).rejects.toMatchObject({ code: "run_not_retryable" });
});

pgTest("failures that may pass are repeated twice, others end the run", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const error = new Error("the socket broke");
  for (const [failures, outcome] of ["retried", "retried", "failed"].entries()) {
    const attempt = { runId, attempt: await claim(ctx, runId) };
    expect(await settleBrokenRun(ctx, attempt, { reason: undefined, error, failures })).toMatchObject({ outcome });
  }
  const run = await getRun(ctx, { id: runId });
  expect(run).toMatchObject({ status: "FAILED", error: { code: "internal", message: "the socket broke" } });
});

pgTest("a worker of this machine that is gone gives its runs back at once", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const { runId: alive } = await submitRun(ctx, smallRun());
  await claim(ctx, runId, newWorkerId("w_before"));
  await claim(ctx, alive, newWorkerId("w_now").replace(`/${process.pid}/`, `/${process.ppid}/`));
  await releaseDeadWorkers(ctx, { workerId: newWorkerId("w_now") });
  expect((await getRun(ctx, { id: runId })).status).toBe("QUEUED");
  expect((await getRun(ctx, { id: alive })).status).toBe("RUNNING");
});

pgTest("the best run of a strategy is registered when the last is over, and nobody is promoted", async ({ ctx }) => {
  const group = await submitStrategy(ctx, { name: "mnist-three-runs" });
  const [a, b, c] = group.runs.map((run) => run.runId);
  await finish(ctx, a ?? "", 0.97);
  await cancelRun(ctx, { runId: b ?? "" });
  await settleStrategy(ctx, { runId: b ?? "" });
  expect(await getStrategyRun(ctx, { id: group.id })).toMatchObject({ status: "RUNNING" });
  await finish(ctx, c ?? "", 0.98);
  await settleStrategy(ctx, { runId: c ?? "" });
  expect(await getStrategyRun(ctx, { id: group.id })).toMatchObject({ status: "FINISHED", bestRunId: c });
  const model = await getModel(ctx, { name: "digits" });
  expect(model.versions).toMatchObject([{ version: 1, runId: c, stage: "None" }]);

  await retryRun(ctx, { runId: b ?? "" });
  expect(await getStrategyRun(ctx, { id: group.id })).toMatchObject({ status: "RUNNING" });
  await finish(ctx, b ?? "", 0.99);
  expect(await getStrategyRun(ctx, { id: group.id })).toMatchObject({ status: "FINISHED", bestRunId: b });
});

pgTest("the quickstart promotes the first finished run once, and registers a better one later", async ({ ctx, db }) => {
  const [group] = (await Promise.all([submitQuickstart(ctx), submitQuickstart(ctx)])).filter((one) => one !== null);
  expect(await submitQuickstart(ctx)).toBeNull();
  const [a, b, c] = group?.runs.map((run) => run.runId) ?? [];
  await finish(ctx, a ?? "", 0.97);
  const model = () => getModel(ctx, { name: "digits" });
  expect((await model()).versions).toMatchObject([{ version: 1, runId: a, stage: "Production" }]);
  await finish(ctx, b ?? "", 0.99);
  expect((await model()).versions).toHaveLength(1);
  await finish(ctx, c ?? "", 0.98);
  expect((await model()).versions).toMatchObject([
    { version: 2, runId: b, stage: "None" },
    { version: 1, runId: a, stage: "Production" },
  ]);
  const promotions = await db.auditEvent.findMany({
    where: { action: "version.promote", chain: `project:${ctx.projectId}` },
  });
  expect(promotions).toMatchObject([{ actor: "system:quickstart", subject: "version:digits/1" }]);
});

pgTest("the quickstart leaves a model alone that has had a Production version", async ({ ctx }) => {
  const { runId } = await submitRun(ctx, smallRun());
  await finish(ctx, runId, 0.9);
  await registerVersion(ctx, { modelName: "digits", runId });
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Production" });
  await setStage(ctx, { modelName: "digits", version: 1, stage: "Archived" });
  const group = await submitStrategy(
    { ...ctx, actor: { type: "system", id: "quickstart", scopes: ctx.actor.scopes } },
    { name: "enhanced-tuned" },
  );
  await finish(ctx, group.runs[0]?.runId ?? "", 0.99);
  expect((await getModel(ctx, { name: "digits" })).productionVersion).toBeNull();
});

pgTest("of equals the earlier run is the best, and what is not finished is none", () => {
  const member = (runId: string, testAccuracy: number | null, status: StrategyMember["status"] = "FINISHED") =>
    ({ runId, testAccuracy, status }) as StrategyMember;
  expect(bestOf([member("a", 0.9), member("b", 0.95), member("c", 0.95)])?.runId).toBe("b");
  expect(bestOf([member("a", 0.9, "FAILED"), member("b", null)])).toBeUndefined();
});

pgTest("rejects a read-only actor", async ({ ctx, make }) => {
  const { runId } = await submitRun(ctx, smallRun());
  const reader = await make.apiKeyCtx({ scopes: ["tracking:read", "tracking:write"] });
  const writes: (() => Promise<unknown>)[] = [
    () => submitRun(reader, smallRun()),
    () => submitStrategy(reader, { name: "mnist-three-runs" }),
    () => cancelRun(reader, { runId }),
    () => retryRun(reader, { runId }),
  ];
  for (const write of writes) await expect(write()).rejects.toMatchObject({ kind: "forbidden" });
  const nobody = await make.apiKeyCtx({ scopes: [] });
  await expect(getQueue(nobody)).rejects.toMatchObject({ kind: "forbidden" });
  await expect(getTrainedRun(nobody, { id: runId })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(getStrategyRun(nobody, { id: "x" })).rejects.toMatchObject({ kind: "forbidden" });
  expect(() => listStrategies(nobody)).toThrow(expect.objectContaining({ kind: "forbidden" }));

  const trainer = await make.apiKeyCtx({ scopes: ["training:write"] });
  expect(await submitRun(trainer, smallRun())).toMatchObject({ status: "QUEUED" });
});
