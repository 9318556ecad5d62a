import { expect } from "vitest";
import { parseEnv, WorkerEnv } from "#lib/platform/env.ts";
import { ForbiddenError } from "#lib/platform/errors.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import { registerVersion } from "#lib/registry/register-version.ts";
import { makeVersion } from "#lib/registry/testing/make-version.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { getTrainedRun } from "#lib/training/get-trained-run.ts";
import { judgeReproduction } from "#lib/training/judge-reproduction.ts";
import { listReproductions } from "#lib/training/list-reproductions.ts";
import { reproduceVersion } from "#lib/training/reproduce-version.ts";
import { submitRun } from "#lib/training/submit-run.ts";
import { seedDigits, smallRun } from "#lib/training/testing/seed-digits.ts";
import { startWorker } from "#workers/start-worker.ts";

const SLOW = { timeout: 120_000, interval: 200 };
const version = { name: "digits", version: 1 };

pgTest("a version that is trained again is the same, bit for bit", async ({ ctx, runtime, db }) => {
  const worker = await startWorker(
    runtime,
    parseEnv(WorkerEnv, {
      DATABASE_URL: runtime.env.DATABASE_URL,
      ASSAY_HOME: runtime.env.ASSAY_HOME,
      ASSAY_CACHE: runtime.env.ASSAY_CACHE,
      ASSAY_ENGINES: "wasm",
      ASSAY_QUICKSTART: "0",
    }),
  );
  try {
    await seedDigits(ctx, { train: 600, test: 200 });
    // `auto`: the engine that it came to is what trains it again.
    const { runId } = await submitRun(ctx, smallRun({ engine: "auto", architecture: "enhanced", epochs: 1, seed: 7 }));
    await expect.poll(async () => (await getTrainedRun(ctx, { id: runId })).status, SLOW).toBe("FINISHED");
    await registerVersion(ctx, { modelName: "digits", runId });
    expect((await getVersion(ctx, version)).reproduce).toBe("npm run reproduce -- digits/1");

    const asked = await reproduceVersion(ctx, version);
    expect(asked).toMatchObject({ status: "QUEUED", verdict: null, originalRunId: runId, digest: null });
    await expect.poll(async () => (await listReproductions(ctx, version)).items[0]?.verdict, SLOW).toBe("identical");
    const { items } = await listReproductions(ctx, version);
    expect(items).toMatchObject([{ runId: asked.runId, epochsDone: 1, differences: [] }]);
    expect(items[0]?.digest).toBe(items[0]?.originalDigest);
    const again = await getTrainedRun(ctx, { id: asked.runId });
    expect(again.tags).toMatchObject({
      reproduces: "digits/1",
      engine: "wasm",
      "engine.threads": expect.any(String),
    });
    expect(again.training?.spec.engine).toBe("wasm");
    const original = await getRun(ctx, { id: runId });
    expect(again.tags["engine.build"]).toBe(original.tags["engine.build"]);
    const where = { chain: `project:${ctx.projectId}`, action: "version.reproduce", subject: "version:digits/1" };
    expect(await db.auditEvent.count({ where })).toBe(1);

    // What another result would be told as.
    const digest = "0".repeat(64);
    const shifted = (by: number) => {
      const { test_accuracy: accuracy, ...metrics } = again.metrics;
      if (typeof accuracy?.value !== "number") throw new Error("no accuracy");
      const tags = { ...again.tags, "engine.threads": "9" };
      return { ...again, tags, metrics: { ...metrics, test_accuracy: { ...accuracy, value: accuracy.value + by } } };
    };
    const near = judgeReproduction({ run: original, digest }, shifted(0.001));
    expect(near).toMatchObject({ verdict: "equivalent" });
    expect(near.differences.map(({ what }) => what)).toEqual(["test_accuracy", "engine threads"]);
    expect(judgeReproduction({ run: original, digest }, shifted(0.01)).verdict).toBe("different");
    const failed = { ...again, status: "FAILED" as const, error: { code: "x", message: "no memory" } };
    expect(judgeReproduction({ run: original, digest }, failed).message).toContain("no memory");
  } finally {
    await worker.stop();
  }
});

pgTest("what was not trained here cannot be trained again", async ({ ctx, make }) => {
  await makeVersion(ctx);
  await expect(reproduceVersion(ctx, version)).rejects.toMatchObject({ code: "not_reproducible" });
  await expect(reproduceVersion(ctx, { ...version, version: 9 })).rejects.toMatchObject({ kind: "not_found" });
  const reader = await make.apiKeyCtx({ scopes: ["registry:read", "tracking:read", "datasets:read"] });
  await expect(reproduceVersion(reader, version)).rejects.toThrow(ForbiddenError);
});
