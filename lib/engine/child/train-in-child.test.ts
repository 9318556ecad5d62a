import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ARTIFACT_PATHS } from "#lib/engine/artifact-paths.ts";
import { type TrainInChildInput, trainInChild } from "#lib/engine/child/train-in-child.ts";
import { openDigitSession } from "#lib/engine/onnx/session.ts";
import type { BatchReport, EngineName, EpochReport, TrainSpecInput } from "#lib/engine/schemas.ts";
import { TrainSpec } from "#lib/engine/schemas.ts";
import { argmaxRow } from "#lib/engine/softmax.ts";
import { nativeTest } from "#lib/engine/testing/native-test.ts";
import { sampleDataset } from "#lib/engine/testing/sample-dataset.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

const entry = fileURLToPath(new URL("../../../workers/training-child.ts", import.meta.url));

function spec(changes: Partial<TrainSpecInput> = {}): TrainSpec {
  return TrainSpec.parse({
    engine: "wasm",
    architecture: "baseline",
    epochs: 3,
    batchSize: 20,
    learningRate: 2e-3,
    metricsEveryBatches: 2,
    ...changes,
  });
}

async function input(changes: Partial<TrainSpecInput> = {}, size = 100): Promise<TrainInChildInput> {
  const { data, workDir } = await sampleDataset(size, 60);
  return { spec: spec(changes), data, workDir, attempt: 1, resume: false, entry, onEpoch: async () => {} };
}

test("trains, reports every epoch once in order, and leaves a model that serves", async () => {
  const epochs: EpochReport[] = [];
  const batches: BatchReport[] = [];
  const result = await trainInChild({
    ...(await input({ epochs: 4 })),
    onBatch: (report) => batches.push(report),
    onEpoch: async (report) => {
      epochs.push(report);
    },
  });

  expect(epochs.map((report) => report.epoch)).toEqual([1, 2, 3, 4]);
  expect(epochs[3]?.valLoss).toBeLessThan(epochs[0]?.valLoss ?? 0);
  expect(epochs[0]?.peakRssBytes).toBeGreaterThan(10_000_000);
  expect(batches.map((report) => report.batch)).toEqual([2, 4, 5, 2, 4, 5, 2, 4, 5, 2, 4, 5]);
  expect(batches.at(-1)?.step).toBe(20);
  expect(result.evaluation.count).toBe(60);
  expect(result.evaluation.accuracy).toBeGreaterThan(0.9);
  expect(result.artifacts.map((artifact) => artifact.path)).toEqual(Object.values(ARTIFACT_PATHS));

  const onnx = result.artifacts.find((artifact) => artifact.path === ARTIFACT_PATHS.onnx);
  const bytes = await readFile(onnx?.file ?? "");
  expect(bytes.length).toBe(onnx?.sizeBytes);
  const session = await openDigitSession(bytes);
  const { images, labels } = sampleImages(10, 99);
  const probabilities = await session.predict(toUnit(images), 10);
  const hits = labels.filter((label, n) => argmaxRow(probabilities, 10, n) === label).length;
  expect(hits).toBeGreaterThanOrEqual(8);
  await session.dispose();
});

/** Trains once in one go and once with the worker killed after the second epoch; both must be the same run. */
async function expectSameRunAfterKill(engine: EngineName): Promise<void> {
  const whole = await input({ engine, architecture: "enhanced", augment: true, schedule: "cosine" });
  const uninterrupted: EpochReport[] = [];
  await trainInChild({ ...whole, onEpoch: async (report) => void uninterrupted.push(report) });
  const wholeModel = await readFile(path.join(whole.workDir, "artifacts", ARTIFACT_PATHS.tfjsWeights));

  const broken = { ...whole, workDir: `${whole.workDir}-broken` };
  const seen = new Map<number, number>();
  const stop = new Error("the worker was killed");
  const first = trainInChild({
    ...broken,
    onEpoch: async (report) => {
      seen.set(report.epoch, report.loss);
      // The parent vanishes before it could acknowledge the second epoch.
      if (report.epoch === 2) throw stop;
    },
  });
  await expect(first).rejects.toBe(stop);
  let resumed: number | undefined;
  const again: number[] = [];
  await trainInChild({
    ...broken,
    attempt: 2,
    resume: true,
    onReady: (ready) => {
      resumed = ready.resumedEpochs;
    },
    onEpoch: async (report) => {
      again.push(report.epoch);
      seen.set(report.epoch, report.loss);
    },
  });

  expect(resumed).toBe(2);
  expect(again).toEqual([2, 3]);
  expect([...seen.values()]).toEqual(uninterrupted.map((report) => report.loss));
  const model = await readFile(path.join(broken.workDir, "artifacts", ARTIFACT_PATHS.tfjsWeights));
  expect(model.equals(wholeModel)).toBe(true);
}

test("a killed run resumes and becomes the very run it would have been", async () => {
  await expectSameRunAfterKill("wasm");
});

nativeTest("on the native engine too", async () => {
  await expectSameRunAfterKill("native");
});

test("a cancel is obeyed between batches", async () => {
  const controller = new AbortController();
  const run = trainInChild({
    ...(await input({ epochs: 200 })),
    signal: controller.signal,
    onEpoch: async (report) => {
      if (report.epoch === 1) controller.abort();
    },
  });
  const started = performance.now();
  await expect(run).rejects.toMatchObject({ code: "cancelled", retryable: false });
  expect(performance.now() - started).toBeLessThan(20_000);
});

test("a child that does not listen is killed after the cancel", async () => {
  const { workDir, ...rest } = await input();
  await mkdir(workDir, { recursive: true });
  const deaf = path.join(workDir, "deaf.mjs");
  await writeFile(deaf, 'process.on("message", () => { for (;;); });\n');
  const controller = new AbortController();
  const run = trainInChild({ ...rest, workDir, entry: deaf, signal: controller.signal });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const cancelled = performance.now();
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: "cancelled" });
  expect(performance.now() - cancelled).toBeLessThan(20_000);
});

test("a child that dies says so, with what it last wrote, and may be tried again", async () => {
  const { workDir, ...rest } = await input();
  await mkdir(workDir, { recursive: true });
  const dying = path.join(workDir, "dying.mjs");
  await writeFile(dying, 'process.on("message", () => { console.error("out of memory"); process.exit(9); });\n');
  await expect(trainInChild({ ...rest, workDir, entry: dying })).rejects.toMatchObject({
    code: "child_died",
    retryable: true,
    message: "the training process ended with code 9: out of memory",
  });
});

test("the child inherits no secret", async () => {
  const { workDir, ...rest } = await input();
  await mkdir(workDir, { recursive: true });
  const telling = path.join(workDir, "telling.mjs");
  const written = path.join(workDir, "environment.json");
  await writeFile(
    telling,
    `import { writeFileSync } from "node:fs";
     process.on("message", () => { writeFileSync(${JSON.stringify(written)}, JSON.stringify(process.env)); process.exit(0); });`,
  );
  process.env["DATABASE_URL"] = "postgres://secret";
  await expect(trainInChild({ ...rest, workDir, entry: telling })).rejects.toMatchObject({ code: "child_died" });
  delete process.env["DATABASE_URL"];
  const environment = await readFile(written, "utf8");
  expect(environment).toContain("PATH");
  expect(environment).not.toContain("secret");
});

test("data that does not fit is named", async () => {
  const broken = await input();
  await writeFile(broken.data.testImages, new Uint8Array(10));
  await expect(trainInChild(broken)).rejects.toMatchObject({
    code: "data_invalid",
    retryable: false,
    message: `${broken.data.testImages}: expected 60 × 784 = 47040 bytes, one image per label, got 10 bytes`,
  });
  expect(existsSync(broken.workDir)).toBe(false);
});
