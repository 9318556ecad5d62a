import { expect } from "vitest";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { getAccuracy } from "#lib/serving/feedback/get-accuracy.ts";
import { giveFeedback } from "#lib/serving/feedback/give-feedback.ts";
import { FeedbackBody } from "#lib/serving/feedback/schemas.ts";
import { predict } from "#lib/serving/predict.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { listPredictions } from "#lib/serving/predictions/list-predictions.ts";
import { PredictionQuery } from "#lib/serving/predictions/schemas.ts";
import { insertPredictions, type PredictionRow } from "#lib/serving/store/predictions.ts";
import { digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

const { images } = renderSynthetic({ seed: 5, count: 4 });
const digit = (index: number) => [...images.slice(index * 784, (index + 1) * 784)];
const ANONYMOUS: Actor = { type: "anonymous", scopes: [] };
/** Another request of the same project. */
const as = (ctx: Ctx, actor: Actor = ctx.actor): Ctx => ({ ...ctx, actor, requestId: newId("req") });

async function ask(ctx: Ctx, pixels = digit(0)) {
  return predict(ctx, { pixels });
}

/** Answers of the past, by model version: what was answered, how surely, and what it should have been. */
async function answered(ctx: Ctx, answers: [version: number, prediction: number, confidence: number, label: number][]) {
  const rows = answers.map(
    ([modelVersion, prediction, confidence], index): PredictionRow => ({
      ...{ id: newId("pr"), projectId: ctx.projectId, requestId: newId("req"), item: 0, deployment: "digits" },
      ...{ modelName: "digits", modelVersion, armAssigned: null, armServed: "baseline", generation: 4 },
      ...{ actor: "anonymous", at: new Date(Date.UTC(2030, 0, 1, 0, 0, index)).toISOString(), prediction, confidence },
      ...{ probabilities: new Array<number>(10).fill(0.1), latencyMs: 1, inputDigest: null, input: null },
    }),
  );
  await insertPredictions(ctx.pool, rows);
  const items = rows.map(({ requestId }, index) => ({ requestId, item: 0, label: answers[index]?.[3] ?? null }));
  const reply = await giveFeedback(ctx, { items });
  expect(reply).toMatchObject({ failed: 0 });
  return rows;
}

pgTest("a label right after the answer is recorded, can be repeated, changed and taken back", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 3, digitOnnx(1));
  const { requestId, prediction, confidence } = await ask(ctx);
  expect(await giveFeedback(ctx, { requestId, label: 4 })).toEqual({ requestId, item: 0, status: "recorded" });
  expect(await giveFeedback(ctx, { requestId, label: 4 })).toMatchObject({ status: "unchanged" });
  expect(await giveFeedback(ctx, { requestId, label: 5 })).toMatchObject({ status: "changed" });
  const labels = await db.predictionLabel.findMany({ where: { projectId: ctx.projectId } });
  expect(labels).toMatchObject([{ requestId, deployment: "digits", modelVersion: 3, prediction, label: 5 }]);
  expect(labels[0]?.confidence).toBeCloseTo(confidence, 5);
  expect(labels[0]?.labelledBy).toBe(`user:${ctx.actor.type === "user" ? ctx.actor.id : ""}`);
  expect(await giveFeedback(ctx, { requestId, label: null })).toMatchObject({ status: "withdrawn" });
  expect(await giveFeedback(ctx, { requestId, label: null })).toMatchObject({ status: "none" });
  expect(await db.predictionLabel.count({ where: { projectId: ctx.projectId } })).toBe(0);
});

pgTest("labels given twice at the same moment are one", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const { requestId } = await ask(ctx);
  await predictionLog().flush();
  const replies = await Promise.all([1, 2, 3, 4].map(() => giveFeedback(ctx, { requestId, label: 7 })));
  for (const reply of replies) expect(["recorded", "unchanged"]).toContain("status" in reply && reply.status);
  expect(await db.predictionLabel.count({ where: { projectId: ctx.projectId } })).toBe(1);
});

pgTest("many at once: each has its outcome, a batch's items their places", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const batch = await batchPredict(ctx, { items: [{ pixels: digit(0) }, { image: "?" }, { pixels: digit(1) }] });
  const { requestId } = batch;
  const other = await ask(as(ctx));
  const reply = await giveFeedback(ctx, {
    items: [
      { requestId, item: 0, label: 1 },
      { requestId, item: 1, label: 1 },
      { requestId, item: 2, label: 2 },
      { requestId: other.requestId, item: 0, label: 8 },
      { requestId: "req_nobodys", item: 0, label: 1 },
      { requestId: other.requestId, item: 0, label: 9 },
    ],
  });
  expect(reply).toMatchObject({
    failed: 3,
    results: [
      { requestId, item: 0, status: "recorded" },
      { requestId, item: 1, error: { code: "not_found", field: "items[1].requestId" } },
      { requestId, item: 2, status: "recorded" },
      { error: { code: "repeated", field: "items[3].requestId" } },
      { error: { code: "not_found", remedy: expect.stringContaining("half a second") } },
      { requestId: other.requestId, status: "recorded" },
    ],
  });
  const { items } = await listPredictions(ctx, { name: "digits", ...PredictionQuery.parse({ outcome: "labelled" }) });
  expect(items.map(({ item, label }) => [item, label?.label]).sort()).toEqual([
    [0, 1],
    [0, 9],
    [2, 2],
  ]);
});

pgTest(
  "who asked labels their own; others' need registry:write, and are not even there without",
  async ({ ctx, make }) => {
    await putIntoProduction(ctx, 1, digitOnnx(1));
    const nobody = as(ctx, ANONYMOUS);
    const robot = as(await make.apiKeyCtx({ scopes: ["serving:predict"] }));
    const [theirs, robots] = [await ask(nobody), await ask(robot)];
    const unknown = { kind: "not_found", details: [{ field: "requestId" }] };
    await expect(giveFeedback(robot, { requestId: theirs.requestId, label: 1 })).rejects.toMatchObject(unknown);
    await expect(giveFeedback(nobody, { requestId: robots.requestId, label: 1 })).rejects.toMatchObject(unknown);
    await expect(giveFeedback(nobody, { requestId: "req_nothing", label: 1 })).rejects.toMatchObject(unknown);
    expect(await giveFeedback(nobody, { requestId: theirs.requestId, label: 1 })).toMatchObject({ status: "recorded" });
    expect(await giveFeedback(robot, { requestId: robots.requestId, label: 1 })).toMatchObject({ status: "recorded" });
    // A member corrects both; then the label is not nobody's to change or to take back any more.
    expect(await giveFeedback(ctx, { requestId: theirs.requestId, label: 2 })).toMatchObject({ status: "changed" });
    for (const label of [3, null]) {
      await expect(giveFeedback(nobody, { requestId: theirs.requestId, label })).rejects.toMatchObject({
        kind: "conflict",
        code: "labelled_by_other",
      });
    }
    const reader = as(await make.apiKeyCtx({ scopes: ["registry:read"] }));
    await expect(giveFeedback(reader, { requestId: "req_nothing", label: 1 })).rejects.toMatchObject({
      kind: "forbidden",
    });
  },
);

pgTest("another project's requests are not there, and a confined key's others neither", async ({ ctx, db, make }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const { requestId } = await ask(ctx);
  await predictionLog().flush();
  const elsewhere = newId("prj");
  await db.project.create({ data: { id: elsewhere, name: elsewhere } });
  const foreign = await make.ctx({ projectId: elsewhere });
  await expect(giveFeedback(foreign, { requestId, label: 1 })).rejects.toMatchObject({ kind: "not_found" });
  const key = (more: object): Actor => ({
    type: "apiKey",
    id: "k",
    name: "k",
    scopes: ["serving:predict", "registry:write"],
    ...more,
  });
  const label = { requestId, label: 1 };
  await expect(giveFeedback(as(ctx, key({ models: ["other"] })), label)).rejects.toMatchObject({ kind: "not_found" });
  await expect(giveFeedback(as(ctx, key({ deployments: ["other"] })), label)).rejects.toMatchObject({
    kind: "not_found",
  });
  expect(await giveFeedback(as(ctx, key({ models: ["digits"] })), label)).toMatchObject({ status: "recorded" });
});

pgTest("accuracy, confusion and calibration of each version in a window", async ({ ctx, db }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const answers: [number, number, number, number][] = [
    ...Array.from({ length: 8 }, (): [number, number, number, number] => [1, 3, 0.9, 3]),
    [1, 3, 0.9, 5],
    [1, 5, 0.6, 3],
    [2, 0, 1, 0],
  ];
  const rows = await answered(ctx, answers);
  const { versions } = await getAccuracy(ctx, { name: "digits", anonymous: "include" });
  expect(versions.map(({ model, labelled, correct }) => [model.version, labelled, correct])).toEqual([
    [2, 1, 1],
    [1, 10, 8],
  ]);
  const [second, first] = versions;
  expect(first?.accuracy.estimate).toBe(0.8);
  // Wilson, 8 of 10 at 95 %.
  expect(first?.accuracy.lower).toBeCloseTo(0.490162, 5);
  expect(first?.accuracy.upper).toBeCloseTo(0.943318, 5);
  expect(first?.confusion[3]?.[3]).toBe(8);
  expect(first?.confusion[5]?.[3]).toBe(1);
  expect(first?.confusion[3]?.[5]).toBe(1);
  // 9 answers at 0.9 of which 8 are right, one at 0.6 that is wrong: (|8.1 − 8| + |0.6 − 0|) / 10.
  expect(first?.calibrationError).toBeCloseTo(0.07, 5);
  expect(first?.calibrationBins.filter(({ count }) => count > 0).map(({ count }) => count)).toEqual([1, 9]);
  expect(second?.calibrationBins[14]).toMatchObject({ count: 1, accuracy: 1 });
  const from = rows[8]?.at;
  const late = await getAccuracy(ctx, { name: "digits", version: 1, from, anonymous: "include" });
  expect(late.versions).toMatchObject([{ labelled: 2, correct: 0 }]);
  await db.predictionLabel.updateMany({
    where: { projectId: ctx.projectId, modelVersion: 2 },
    data: { labelledBy: "anonymous" },
  });
  const known = await getAccuracy(ctx, { name: "digits", anonymous: "exclude" });
  expect(known.versions.map(({ model }) => model.version)).toEqual([1]);
  await expect(getAccuracy(ctx, { name: "nothing", anonymous: "include" })).rejects.toMatchObject({
    kind: "not_found",
  });
});

pgTest("the list pages through what was answered, newest first, and filters", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const rows = await answered(ctx, [
    [1, 3, 0.9, 3],
    [1, 4, 0.5, 3],
    [2, 3, 0.7, 3],
    [2, 5, 0.2, 6],
  ]);
  const list = async (query: object) => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPredictions(ctx, {
        name: "digits",
        ...PredictionQuery.parse({ limit: 2, cursor, ...query }),
      });
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map(({ id }) => rows.findIndex((row) => row.id === id)));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return seen;
  };
  expect(await list({})).toEqual([3, 2, 1, 0]);
  expect(await list({ outcome: "labelled" })).toEqual([3, 2, 1, 0]);
  expect(await list({ outcome: "wrong" })).toEqual([3, 1]);
  expect(await list({ outcome: "right", version: 2 })).toEqual([2]);
  expect(await list({ outcome: "unlabelled" })).toEqual([]);
  expect(await list({ prediction: 3 })).toEqual([2, 0]);
  expect(await list({ minConfidence: 0.5, maxConfidence: 0.7 })).toEqual([2, 1]);
  expect(await list({ from: rows[1]?.at, to: rows[3]?.at })).toEqual([2, 1]);
  expect(await list({ requestId: rows[2]?.requestId })).toEqual([2]);
  expect(await list({ model: "other" })).toEqual([]);
});

pgTest("an answer is listed with its input as the model saw it, and with who asked", async ({ ctx }) => {
  await putIntoProduction(ctx, 1, digitOnnx(1));
  const reply = await ask(ctx, digit(2));
  await predictionLog().flush();
  const { items } = await listPredictions(ctx, { name: "digits", ...PredictionQuery.parse({}) });
  expect(items).toHaveLength(1);
  expect(items[0]).toMatchObject({ requestId: reply.requestId, prediction: reply.prediction, label: null, item: 0 });
  expect([...Buffer.from(items[0]?.input ?? "", "base64")]).toEqual(digit(2));
  expect(items[0]?.inputDigest).toMatch(/^[0-9a-f]{64}$/);
});

pgTest("one label or many, not both, and never neither", () => {
  const paths = (body: unknown) => FeedbackBody.safeParse(body).error?.issues.map(({ path }) => path.join(".")) ?? [];
  expect(paths({ requestId: "req_12345678", label: 0 })).toEqual([]);
  expect(paths({ items: [{ requestId: "req_12345678", label: null }] })).toEqual([]);
  expect(paths({})).toEqual(["requestId", "label"]);
  expect(paths({ requestId: "r" })).toEqual(["label"]);
  expect(paths({ items: [{ requestId: "r", label: 1 }], label: 1 })).toEqual(["label"]);
  expect(paths({ requestId: "r", label: 10 })).toEqual(["label"]);
  expect(paths({ items: [] })).toEqual(["items"]);
});
