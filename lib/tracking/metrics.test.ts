import { expect } from "vitest";
import type { Actor, Ctx } from "#lib/platform/ctx.ts";
import type { Db } from "#lib/platform/db.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { dropPoints } from "#lib/tracking/drop-points.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { getMetricOfRuns, getMetricPage } from "#lib/tracking/get-metric-page.ts";
import { getMetricSample } from "#lib/tracking/get-metric-sample.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { logBatch } from "#lib/tracking/log-batch.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";

async function makeRun(ctx: Ctx, more: { managed?: boolean } = {}): Promise<string> {
  const experiment = await ensureExperiment(ctx, { name: "points" });
  return (await createRun(ctx, { name: "a run", experimentId: experiment.id, ...more })).id;
}

/** A context of another project. */
async function makeStranger(
  ctx: Ctx,
  db: Db,
  make: { ctx(options: { projectId: string }): Promise<Ctx> },
): Promise<Ctx> {
  const id = `${ctx.projectId}-b`;
  await db.project.create({ data: { id, name: id } });
  return make.ctx({ projectId: id });
}

const point = (key: string, step: number, value: number, at = 1_000 + step) => ({ key, step, at, value });
const numbered = (count: number, value: (step: number) => number) =>
  Array.from({ length: count }, (_, step) => point("loss", step, value(step)));

/** All points of the wire's pages, and how many pages there were. */
async function walk(ctx: Ctx, runId: string, limit: number) {
  const points: unknown[] = [];
  let pages = 0;
  let pageToken: string | undefined;
  do {
    const page = await getMetricPage(ctx, { runId, key: "loss", limit, pageToken });
    points.push(...(JSON.parse(`[${page.json}]`) as unknown[]));
    pageToken = page.nextPageToken;
    pages++;
  } while (pageToken !== undefined);
  return { points, pages };
}

pgTest(
  "only an exact repeat changes nothing: another value at the same step and moment is a point",
  async ({ ctx }) => {
    const runId = await makeRun(ctx);
    const points = [point("loss", 1, 0.5, 7), point("loss", 1, 0.25, 7), point("loss", 1, Number.NaN, 7)];
    for (let again = 0; again < 3; again++) {
      await logMetrics(ctx, { runId, points: [...points, ...points] });
      for (const one of points) await logMetrics(ctx, { runId, points: [one] });
    }
    const [series] = await getMetricHistory(ctx, { runId });
    expect(series).toMatchObject({
      total: 3,
      points: [
        [1, 7, 0.25],
        [1, 7, 0.5],
        [1, 7, "NaN"],
      ],
    });
  },
);

pgTest(
  "the newest value is that of the highest step, then time, then value, in whatever order they come",
  async ({ ctx }) => {
    const points = [
      point("loss", 5, 1, 10),
      point("loss", 4, 9, 99),
      point("loss", 5, 3, 20),
      point("loss", 5, 2, 20),
      point("loss", -1, 8, 200),
    ];
    const orders = [points, points.toReversed(), [2, 0, 4, 3, 1].map((index) => points[index] ?? point("loss", 0, 0))];
    for (const order of orders) {
      const runId = await makeRun(ctx);
      for (const one of order) await logMetrics(ctx, { runId, points: [one] });
      expect((await getRun(ctx, { id: runId })).metrics["loss"]).toEqual({ value: 3, step: 5, at: 20, min: 1, max: 9 });
      const other = await makeRun(ctx);
      await logMetrics(ctx, { runId: other, points: order });
      expect((await getRun(ctx, { id: other })).metrics["loss"]).toEqual({ value: 3, step: 5, at: 20, min: 1, max: 9 });
    }
  },
);

pgTest(
  "64 writers of the same metrics of two runs lose nothing and do not wait for each other forever",
  async ({ ctx }) => {
    const runs = [await makeRun(ctx), await makeRun(ctx)];
    const writer = async (client: number) => {
      for (let turn = 0; turn < 5; turn++) {
        const runId = runs[(client + turn) % 2] ?? "";
        const step = client * 5 + turn;
        const keys = client % 2 === 0 ? ["a", "b", "c"] : ["c", "b", "a"];
        if (client % 4 === 3) {
          const params = [{ key: "seed", value: "42" }];
          await logBatch(ctx, { runId, metrics: keys.map((key) => point(key, step, client)), params });
        } else {
          await logMetrics(ctx, { runId, points: keys.map((key) => point(key, step, client)) });
        }
      }
    };
    await Promise.all(Array.from({ length: 64 }, (_, client) => writer(client)));
    let total = 0;
    for (const runId of runs) {
      for (const series of await getMetricHistory(ctx, { runId })) total += series.total;
      expect((await getRun(ctx, { id: runId })).metrics["a"]).toMatchObject({ min: 0, max: 63 });
    }
    expect(total).toBe(64 * 5 * 3);
  },
);

pgTest("of callers that are written together each hears of its own run", async ({ ctx, db, make }) => {
  const [good, gone] = [await makeRun(ctx), await makeRun(ctx)];
  const foreign = await makeRun(await makeStranger(ctx, db, make));
  await deleteRun(ctx, { id: gone }).catch(() => undefined);
  const log = (runId: string) => logMetrics(ctx, { runId, points: [point("loss", 1, 1)] });
  const results = await Promise.allSettled([
    ...[log(good), log(gone), log(foreign), log("0".repeat(32)), log("no id"), log(good)],
    ...Array.from({ length: 10 }, (_, step) => logMetrics(ctx, { runId: good, points: [point("loss", step + 2, 1)] })),
  ]);
  const codes = results.map((one) => (one.status === "rejected" ? (one.reason as { code: string }).code : "ok"));
  expect(codes.slice(0, 6)).toEqual(["ok", "run_deleted", "not_found", "not_found", "not_found", "ok"]);
  expect(new Set(codes.slice(6))).toEqual(new Set(["ok"]));
  expect((await getMetricHistory(ctx, { runId: good }))[0]?.total).toBe(11);
});

pgTest("a batch is written whole or not at all", async ({ ctx }) => {
  const runId = await makeRun(ctx);
  const batch = {
    metrics: [point("loss", 1, 0.5), point("loss", 2, 0.25)],
    params: [{ key: "seed", value: "42" }],
    tags: [
      { key: "note", value: "first" },
      { key: "note", value: "last" },
      { key: "mlflow.runName", value: "renamed" },
    ],
  };
  await logBatch(ctx, { runId, ...batch });
  await logBatch(ctx, { runId, ...batch });
  const run = await getRun(ctx, { id: runId });
  expect(run).toMatchObject({ name: "renamed", params: { seed: "42" }, tags: { note: "last" } });
  expect(run.metrics["loss"]).toMatchObject({ step: 2, value: 0.25 });

  const changed = {
    metrics: [point("loss", 3, 0.1)],
    params: [{ key: "new", value: "1" }],
    tags: [{ key: "x", value: "y" }],
  };
  const clash = logBatch(ctx, { runId, ...changed, params: [...changed.params, { key: "seed", value: "43" }] });
  await expect(clash).rejects.toMatchObject({
    code: "param_changed",
    message: `Changing param values is not allowed. Param with key='seed' was already logged with value='42' for run ID='${runId}'. Attempted logging new value '43'.`,
  });
  const about = { ...point("loss", 3, 0.1), modelId: `m-${"0".repeat(32)}` };
  await expect(logBatch(ctx, { runId, ...changed, metrics: [about] })).rejects.toMatchObject({ kind: "not_found" });
  expect(await getRun(ctx, { id: runId })).toEqual(run);
});

pgTest("of two writers of one param one wins, and the other is told", async ({ ctx }) => {
  for (let round = 0; round < 5; round++) {
    const runId = await makeRun(ctx);
    const writes = Array.from({ length: 8 }, (_, value) =>
      logBatch(ctx, { runId, params: [{ key: "seed", value: String(value) }], metrics: [point("loss", value, value)] }),
    );
    const results = await Promise.allSettled(writes);
    const refused = results.flatMap((one) => (one.status === "rejected" ? [one.reason as { code: string }] : []));
    expect(refused.map(({ code }) => code)).toEqual(Array(7).fill("param_changed"));
    const winner = results.findIndex(({ status }) => status === "fulfilled");
    const run = await getRun(ctx, { id: runId });
    expect(run.params).toEqual({ seed: String(winner) });
    expect(run.metrics["loss"]).toMatchObject({ value: winner, min: winner, max: winner });
  }
});

pgTest("keeps the values that a run logged about a model, on a dataset or on none", async ({ ctx, db }) => {
  const runId = await makeRun(ctx);
  const { experimentId } = await getRun(ctx, { id: runId });
  const modelId = `m-${"1".repeat(32)}`;
  const now = new Date();
  const place = { projectId: ctx.projectId, experimentId: BigInt(experimentId), createdBy: "test" };
  await db.loggedModel.create({ data: { id: modelId, name: "m", createdAt: now, updatedAt: now, ...place } });
  const metrics = [
    { ...point("loss", 2, 0.2), modelId },
    { ...point("loss", 1, 0.1), modelId },
    { ...point("loss", 1, 0.7), modelId, datasetName: "test", datasetDigest: "d" },
  ];
  await logBatch(ctx, { runId, metrics });
  await logBatch(ctx, { runId, metrics: metrics.slice(1) });
  const rows = await db.loggedModelMetric.findMany({
    where: { modelId },
    orderBy: [{ datasetName: "asc" }, { step: "asc" }],
  });
  expect(rows).toMatchObject([
    { key: "loss", datasetName: "", step: 1n, value: 0.1, runId },
    { key: "loss", datasetName: "", step: 2n, value: 0.2, runId },
    { key: "loss", datasetName: "test", datasetDigest: "d", step: 1n, value: 0.7 },
  ]);
});

pgTest("has MLflow's limits", async ({ ctx }) => {
  const runId = await makeRun(ctx);
  const params = Array.from({ length: 101 }, (_, index) => ({ key: `p${index}`, value: "1" }));
  const refused: [Omit<Parameters<typeof logBatch>[1], "runId">, string][] = [
    [{ metrics: numbered(1_001, () => 1) }, "at most 1000 metrics"],
    [{ params }, "at most 100 params"],
    [{ tags: params }, "at most 100 tags"],
    [{ metrics: numbered(1_000, () => 1), params: params.slice(0, 1) }, "at most 1000 metrics, params, and tags"],
    [
      { params: [...params.slice(0, 2), ...params.slice(0, 1)] },
      "Duplicate parameter keys have been submitted: ['p0']",
    ],
    [{ metrics: [point("k".repeat(251), 1, 1)] }, "exceeds the maximum length of 250"],
    [{ metrics: [point("../up", 1, 1)] }, "must not resolve to other names"],
    [{ params: [{ key: "a?b", value: "" }] }, "Names may only contain alphanumerics"],
    [{ metrics: [point("loss", 1, 1, -1)] }, "Timestamp must be a nonnegative long"],
    [{ metrics: [point("loss", 0.5, 1, 1)] }, "Step must be a valid long"],
    [{ metrics: [point("loss", 2 ** 53, 1, 1)] }, "Step must be a valid long"],
  ];
  for (const [batch, message] of refused) {
    await expect(logBatch(ctx, { runId, ...batch })).rejects.toMatchObject({
      kind: "invalid",
      message: expect.stringContaining(message),
    });
  }
  const long = `${"x".repeat(5_999)}😀${"y".repeat(3_000)}`;
  await logBatch(ctx, { runId, params: [{ key: "long", value: long }], tags: [{ key: "long", value: long }] });
  const run = await getRun(ctx, { id: runId });
  expect(run.params["long"]).toBe("x".repeat(5_999));
  expect(run.tags["long"]).toHaveLength(8_000);
  expect(run.metrics).toEqual({});
});

pgTest("a client adds nothing to what a worker measures", async ({ ctx, make }) => {
  const runId = await makeRun(ctx, { managed: true });
  const worker: Actor = { type: "worker", id: "w", scopes: ["tracking:write", "tracking:read"] };
  const inside = await make.ctx({ projectId: ctx.projectId, actor: worker });
  const points = [point("test_accuracy", 1, 1)];
  const params = [{ key: "seed", value: "1" }];
  for (const write of [() => logMetrics(ctx, { runId, points }), () => logBatch(ctx, { runId, params })]) {
    await expect(write()).rejects.toMatchObject({ code: "run_managed" });
  }
  await Promise.all([
    logMetrics(inside, { runId, points }),
    expect(logMetrics(ctx, { runId, points })).rejects.toMatchObject({ code: "run_managed" }),
  ]);
  await logBatch(ctx, { runId, tags: [{ key: "note", value: "good" }] });
  const run = await getRun(ctx, { id: runId });
  expect(run).toMatchObject({ tags: { note: "good" }, params: {}, metrics: { test_accuracy: { value: 1 } } });
});

pgTest(
  "pages a history by time, step and value, with words for what JSON has no number for",
  async ({ ctx, db, make }) => {
    const runId = await makeRun(ctx);
    const points = [
      point("loss", 1, 0.5, 30),
      point("loss", 9, 1, 10),
      point("loss", 2, Number.NaN, 20),
      point("loss", 2, Number.POSITIVE_INFINITY, 20),
      point("loss", 2, Number.NEGATIVE_INFINITY, 20),
      point("loss", 3, 1e-300, 20),
    ];
    await logMetrics(ctx, { runId, points });
    const wire = (step: number, timestamp: number, value: number | "NaN") => ({ key: "loss", value, timestamp, step });
    const expected = [
      wire(9, 10, 1),
      wire(2, 20, -1.7976931348623157e308),
      wire(2, 20, 1.7976931348623157e308),
      wire(2, 20, "NaN"),
      wire(3, 20, 1e-300),
      wire(1, 30, 0.5),
    ];
    for (const limit of [1, 2, 3, 4, 5, 6, 7]) {
      const { points: found, pages } = await walk(ctx, runId, limit);
      expect(found).toEqual(expected);
      expect(pages).toBe(Math.ceil(6 / limit));
    }
    expect(await getMetricPage(ctx, { runId, key: "none", limit: 5 })).toEqual({ json: "" });
    const { nextPageToken } = await getMetricPage(ctx, { runId, key: "loss", limit: 1 });
    const elsewhere = { runId: await makeRun(ctx), key: "loss", limit: 1 };
    for (const pageToken of [nextPageToken, "nonsense", `${nextPageToken}A`]) {
      const asked = pageToken === nextPageToken ? elsewhere : { ...elsewhere, runId };
      await expect(getMetricPage(ctx, { ...asked, pageToken })).rejects.toMatchObject({ kind: "invalid" });
    }
    const other = await makeStranger(ctx, db, make);
    await expect(getMetricPage(other, { runId, key: "loss", limit: 1 })).rejects.toMatchObject({ kind: "not_found" });
  },
);

pgTest("reads a metric of several runs at once", async ({ ctx, db, make }) => {
  const [a = "", b = ""] = [await makeRun(ctx), await makeRun(ctx)].sort();
  const other = await makeStranger(ctx, db, make);
  const foreign = await makeRun(other);
  for (const runId of [a, b]) await logMetrics(ctx, { runId, points: numbered(3, (step) => step) });
  await logMetrics(other, { runId: foreign, points: numbered(3, (step) => step) });
  const read = async (limit: number) => {
    const { json } = await getMetricOfRuns(ctx, { runIds: [b, foreign, a], key: "loss", limit });
    return (JSON.parse(`[${json}]`) as { run_id: string; step: number }[]).map(({ run_id, step }) => [run_id, step]);
  };
  const all = [a, b].flatMap((runId) => [0, 1, 2].map((step) => [runId, step]));
  expect(await read(25_000)).toEqual(all);
  expect(await read(4)).toEqual(all.slice(0, 4));
});

pgTest("a long series is thinned without losing an end or a spike, and short ones stay whole", async ({ ctx }) => {
  const runId = await makeRun(ctx);
  const spikes = new Map([
    [3_333, 99],
    [7_001, -99],
    [5_000, Number.NaN],
  ]);
  await logMetrics(ctx, { runId, points: numbered(10_000, (step) => spikes.get(step) ?? Math.sin(step)) });
  await logMetrics(ctx, { runId, points: [point("short", 1, 1)] });
  const [loss, short] = await getMetricHistory(ctx, { runId, maxPoints: 100 });
  expect(short).toEqual({ key: "short", total: 1, sampled: false, points: [[1, 1_001, 1]] });
  expect(loss).toMatchObject({ total: 10_000, sampled: true });
  expect(loss?.points.length).toBeLessThanOrEqual(100);
  expect(loss?.points).toEqual(
    expect.arrayContaining([
      [3_333, 4_333, 99],
      [7_001, 8_001, -99],
    ]),
  );
  expect(loss?.points[0]?.[0]).toBe(0);
  expect(loss?.points.at(-1)?.[0]).toBe(9_999);
  expect(loss?.points.map(([step]) => step)).toEqual(loss?.points.map(([step]) => step).toSorted((x, y) => x - y));

  const sample = (maxPoints: number, steps?: { from: number; to: number }) =>
    getMetricSample(ctx, { runIds: [runId], key: "loss", maxPoints, steps });
  expect((await sample(1)).map(({ step }) => step)).toEqual([9_999]);
  expect((await sample(2)).map(({ step }) => step)).toEqual([0, 9_999]);
  const range = await sample(40, { from: 3_000, to: 3_999 });
  expect(range.length).toBeLessThanOrEqual(40);
  expect([range[0]?.step, range.at(-1)?.step]).toEqual([3_000, 3_999]);
  expect(range.map(({ value }) => value)).toContain(99);
  expect((await sample(2_500, { from: 10, to: 12 })).map(({ step }) => step)).toEqual([10, 11, 12]);
  expect(await sample(5, { from: 20_000, to: 30_000 })).toEqual([]);
});

pgTest("thins what is flat, not a number, all on one step, or out of order", async ({ ctx }) => {
  const shapes: Record<string, (index: number) => ReturnType<typeof point>> = {
    flat: (index) => point("flat", index, 1),
    unknown: (index) => point("unknown", index, Number.NaN),
    "one-step": (index) => point("one-step", 0, index === 500 ? 9 : 1, 1_000 + index),
    backwards: (index) => point("backwards", 1_000 - index, index === 500 ? 9 : 1, 1_000 + index),
    "one-moment": (index) => point("one-moment", 0, index, 1_000),
  };
  const runId = await makeRun(ctx);
  for (const shape of Object.values(shapes)) {
    await logMetrics(ctx, { runId, points: Array.from({ length: 1_000 }, (_, index) => shape(index)) });
  }
  for (const { key, total, points } of await getMetricHistory(ctx, { runId, maxPoints: 40 })) {
    expect([key, total]).toEqual([key, 1_000]);
    expect(points.length).toBeGreaterThanOrEqual(2);
    expect(points.length).toBeLessThanOrEqual(40);
    const ends = [shapes[key]?.(0), shapes[key]?.(999)].map((end) => [end?.step, end?.at]);
    const kept = points.map(([step, at]) => [step, at]);
    expect(kept).toEqual(expect.arrayContaining(ends));
    if (key === "one-step" || key === "backwards") expect(points.map(([, , value]) => value)).toContain(9);
  }
});

pgTest("points that are dropped leave the newest of what is left", async ({ ctx }) => {
  const runId = await makeRun(ctx);
  await logMetrics(ctx, { runId, points: [point("loss", 1, 5, 10), point("loss", 1, 6, 10), point("loss", 2, 7)] });
  await dropPoints(ctx, { runId, keys: ["loss"], afterStep: 1 });
  expect((await getRun(ctx, { id: runId })).metrics["loss"]).toEqual({ value: 6, step: 1, at: 10, min: 5, max: 6 });
});
