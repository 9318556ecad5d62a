import { text } from "node:stream/consumers";
import { expect } from "vitest";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { encodeCursor } from "#lib/platform/pagination.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createExperiment, ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { listRuns } from "#lib/tracking/list-runs.ts";
import { logBatch } from "#lib/tracking/log-batch.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { openArtifact } from "#lib/tracking/open-artifact.ts";
import { putArtifact } from "#lib/tracking/put-artifact.ts";
import { restoreRun } from "#lib/tracking/restore-run.ts";
import { RunListQuery } from "#lib/tracking/schemas.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";
import { deleteTag, setTags } from "#lib/tracking/set-tags.ts";
import { updateRun } from "#lib/tracking/update-run.ts";

async function makeRun(
  ctx: Ctx,
  name = "a run",
  more: { status?: "QUEUED" | "RUNNING"; managed?: boolean } = {},
): Promise<string> {
  const experiment = await ensureExperiment(ctx, { name: "digits" });
  return (await createRun(ctx, { name, experimentId: experiment.id, ...more })).id;
}

const point = (key: string, step: number, value: number, at = 1_000 + step) => ({ key, step, at, value });
const query = (input: object) => RunListQuery.parse(input);

pgTest("a run keeps its params, tags, metrics and artifacts", async ({ ctx }) => {
  const id = await makeRun(ctx);
  await logBatch(ctx, { runId: id, params: [{ key: "batch_size", value: "128" }] });
  await setTags(ctx, { runId: id, tags: { engine: "wasm", gone: "x" } });
  await setTags(ctx, { runId: id, tags: { gone: null } });
  await logMetrics(ctx, { runId: id, points: [point("loss", 1, 0.5), point("loss", 2, 0.25)] });
  await putArtifact(ctx, { runId: id, path: "notes/a.txt", source: Buffer.from("hello") });

  const run = await getRun(ctx, { id });
  expect(id).toMatch(/^[0-9a-f]{32}$/);
  expect(run.params).toEqual({ batch_size: "128" });
  expect(run.tags).toEqual({ engine: "wasm" });
  expect(run.metrics["loss"]).toEqual({ value: 0.25, step: 2, at: 1002, min: 0.25, max: 0.5 });
  expect(run.artifacts).toMatchObject([{ path: "notes/a.txt", sizeBytes: 5, mediaType: "text/plain" }]);
  const { open } = await openArtifact(ctx, { runId: id, path: "notes/a.txt" });
  expect(await text(await open())).toBe("hello");
});

pgTest(
  "points are idempotent, keep NaN and infinities, and the newest step wins whatever the order",
  async ({ ctx }) => {
    const id = await makeRun(ctx);
    const points = [
      point("loss", 3, Number.NaN),
      point("loss", 1, Number.POSITIVE_INFINITY),
      point("loss", 2, 0.5),
      point("loss", 2, 0.5),
    ];
    await logMetrics(ctx, { runId: id, points });
    await logMetrics(ctx, { runId: id, points });
    await logMetrics(ctx, { runId: id, points: [point("loss", 0, 7)] });

    const [series] = await getMetricHistory(ctx, { runId: id });
    expect(series?.points).toEqual([
      [0, 1000, 7],
      [1, 1001, "Infinity"],
      [2, 1002, 0.5],
      [3, 1003, "NaN"],
    ]);
    const run = await getRun(ctx, { id });
    expect(run.metrics["loss"]).toEqual({ value: "NaN", step: 3, at: 1003, min: 0.5, max: 7 });
  },
);

pgTest("a metric name that a rolled-back transaction made is made again", async ({ ctx }) => {
  const id = await makeRun(ctx);
  const failing = withTransaction(ctx, async (tx) => {
    await logMetrics(tx, { runId: id, points: [point("brand_new", 1, 1)] });
    throw new Error("roll back");
  });
  await expect(failing).rejects.toThrow("roll back");
  await logMetrics(ctx, { runId: id, points: [point("brand_new", 1, 2)] });
  expect((await getRun(ctx, { id })).metrics["brand_new"]?.value).toBe(2);
});

pgTest("concurrent batches on one run lose nothing", async ({ ctx }) => {
  const id = await makeRun(ctx);
  const batches = Array.from({ length: 20 }, (_, batch) =>
    Array.from({ length: 50 }, (_, index) => point(index % 2 ? "a" : "b", batch * 50 + index, batch)),
  );
  await Promise.all(batches.map((points) => logMetrics(ctx, { runId: id, points })));
  const series = await getMetricHistory(ctx, { runId: id });
  expect(series.map(({ total }) => total)).toEqual([500, 500]);
  expect((await getRun(ctx, { id })).metrics["a"]).toMatchObject({ step: 999, min: 0, max: 19 });
});

pgTest("a long series is thinned without losing its spike", async ({ ctx }) => {
  const id = await makeRun(ctx);
  const points = Array.from({ length: 5_000 }, (_, step) => point("loss", step, step === 3_333 ? 99 : 1));
  await logMetrics(ctx, { runId: id, points });
  const [series] = await getMetricHistory(ctx, { runId: id, keys: ["loss"], maxPoints: 200 });
  expect(series).toMatchObject({ total: 5_000, sampled: true });
  expect(series?.points.length).toBeLessThanOrEqual(200);
  expect(series?.points).toContainEqual([3_333, 4_333, 99]);
  expect(series?.points.at(-1)?.[0]).toBe(4_999);
});

pgTest("refuses wrong names and steps", async ({ ctx }) => {
  const id = await makeRun(ctx);
  await expect(logMetrics(ctx, { runId: id, points: [point("<script>", 1, 1)] })).rejects.toMatchObject({
    kind: "invalid",
  });
  await expect(logMetrics(ctx, { runId: id, points: [point("a", 1.5, 1)] })).rejects.toMatchObject({ kind: "invalid" });
});

pgTest("a param never changes", async ({ ctx }) => {
  const id = await makeRun(ctx);
  await logBatch(ctx, { runId: id, params: [{ key: "seed", value: "42" }] });
  await logBatch(ctx, { runId: id, params: [{ key: "seed", value: "42" }] });
  await expect(
    logBatch(ctx, {
      runId: id,
      params: [
        { key: "seed", value: "43" },
        { key: "other", value: "1" },
      ],
    }),
  ).rejects.toMatchObject({
    code: "param_changed",
  });
  expect((await getRun(ctx, { id })).params).toEqual({ seed: "42" });
});

pgTest("the status follows its table", async ({ ctx }) => {
  const id = await makeRun(ctx, "queued", { status: "QUEUED" });
  await expect(setRunStatus(ctx, { runId: id, to: "FINISHED" })).rejects.toMatchObject({ kind: "conflict" });
  await setRunStatus(ctx, { runId: id, to: "RUNNING" });
  await setRunStatus(ctx, { runId: id, to: "FAILED", error: { code: "loss_not_finite", message: "NaN" } });
  const run = await getRun(ctx, { id });
  expect(run).toMatchObject({ status: "FAILED", error: { code: "loss_not_finite", message: "NaN" } });
  expect(run.durationMs).toBeGreaterThanOrEqual(0);
});

pgTest("lists by keyset in every order, metrics included, missing and NaN last", async ({ ctx }) => {
  const values = [0.3, Number.NaN, 0.9, undefined, 0.5, 0.9];
  const ids: string[] = [];
  for (const [index, value] of values.entries()) {
    const id = await makeRun(ctx, `run-${index}`);
    ids.push(id);
    if (value !== undefined) await logMetrics(ctx, { runId: id, points: [point("test_accuracy", 1, value)] });
  }
  const walk = async (sort: string) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listRuns(ctx, query({ sort, limit: 2, cursor }));
      seen.push(...page.items.map((run) => run.name));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return seen.map((name) => Number(name.slice(4)));
  };
  expect(await walk("-created")).toEqual([5, 4, 3, 2, 1, 0]);
  expect(await walk("created")).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await walk("name")).toEqual([0, 1, 2, 3, 4, 5]);
  expect(await walk("-metric:test_accuracy")).toEqual([5, 2, 4, 0, 3, 1]);
  expect(await walk("metric:test_accuracy")).toEqual([0, 4, 5, 2, 3, 1]);
});

pgTest("filters by status, text and tag, and returns only the columns asked for", async ({ ctx }) => {
  const a = await makeRun(ctx, "50%_off");
  await makeRun(ctx, "500 off", { status: "QUEUED" });
  await setTags(ctx, { runId: a, tags: { strategy: "Three", engine: "native" } });
  const names = async (input: object) => (await listRuns(ctx, query(input))).items.map((run) => run.name);
  expect(await names({ q: "%_" })).toEqual(["50%_off"]);
  expect(await names({ q: "three" })).toEqual(["50%_off"]);
  expect(await names({ q: a.slice(0, 8) })).toEqual(["50%_off"]);
  expect(await names({ status: "QUEUED,FAILED" })).toEqual(["500 off"]);
  expect(await names({ filter: "tags.engine = 'native' AND status = 'RUNNING'" })).toEqual(["50%_off"]);
  expect(await names({ filter: "tags.engine IS NULL OR run_name = 'none'" })).toEqual(["500 off"]);
  expect(await names({ filter: "tags.engine IS NULL", q: "three" })).toEqual([]);
  await expect(names({ filter: "tags.engine = native" })).rejects.toMatchObject({
    kind: "invalid",
    details: [{ field: "filter", problem: expect.stringContaining("at character 15") }],
  });
  const page = await listRuns(ctx, query({ q: "three", tags: "engine" }));
  expect(page.items[0]?.tags).toEqual({ engine: "native" });
});

pgTest("another project's runs are not found", async ({ ctx, make, db }) => {
  const id = await makeRun(ctx);
  await db.project.create({ data: { id: `${ctx.projectId}-b`, name: `${ctx.projectId}-b` } });
  const other = await make.ctx({ projectId: `${ctx.projectId}-b` });
  await expect(getRun(other, { id })).rejects.toMatchObject({ kind: "not_found" });
  expect((await listRuns(other, query({}))).items).toEqual([]);
});

pgTest("deleting and restoring a run is on record", async ({ ctx, db }) => {
  const id = await makeRun(ctx, "a worker's", { managed: true });
  await expect(deleteRun(ctx, { id })).rejects.toMatchObject({ code: "run_active" });
  await setRunStatus(ctx, { runId: id, to: "FINISHED" });
  await deleteRun(ctx, { id });
  await deleteRun(ctx, { id });
  expect((await listRuns(ctx, query({}))).items).toEqual([]);
  expect((await listRuns(ctx, query({ lifecycle: "deleted" }))).items).toHaveLength(1);
  await expect(setTags(ctx, { runId: id, tags: { a: "b" } })).rejects.toMatchObject({ code: "run_deleted" });
  await restoreRun(ctx, { id });
  expect((await listRuns(ctx, query({}))).items).toHaveLength(1);
  const records = await db.auditEvent.findMany({ where: { subject: `run:${id}` }, orderBy: { seq: "asc" } });
  expect(records.map((record) => record.action)).toEqual(["run.delete", "run.restore"]);
});

pgTest("how a worker trained a run is not a client's to say", async ({ ctx, make, db }) => {
  const managed = await makeRun(ctx, "a worker's", { managed: true });
  const own = await makeRun(ctx, "a client's");
  const worker = await make.ctx({ actor: { type: "worker", id: "w", scopes: ctx.actor.scopes } });
  await setTags(worker, { runId: managed, tags: { "dataset.digest": "d", engine: "native" } });
  for (const by of [ctx, await make.apiKeyCtx({ scopes: ["tracking:write"] })]) {
    for (const tags of [{ "dataset.digest": "e" }, { "dataset.synthetic": "false", note: "x" }, { engine: null }]) {
      await expect(setTags(by, { runId: managed, tags })).rejects.toMatchObject({ code: "run_managed" });
    }
    await expect(deleteTag(by, { runId: managed, key: "engine" })).rejects.toMatchObject({ code: "run_managed" });
  }
  await setTags(ctx, { runId: managed, tags: { note: "good" } });
  await setTags(ctx, { runId: own, tags: { "dataset.digest": "mine" } });
  const tags = await db.$queryRaw`SELECT key, value FROM run_tag WHERE run_id = ${managed} ORDER BY key`;
  expect(tags).toEqual([
    { key: "dataset.digest", value: "d" },
    { key: "engine", value: "native" },
    { key: "note", value: "good" },
  ]);
});

pgTest("an experiment's name is its own", async ({ ctx }) => {
  const experiment = await createExperiment(ctx, { name: "one" });
  expect(experiment.id).toMatch(/^\d+$/);
  await expect(createExperiment(ctx, { name: "one" })).rejects.toMatchObject({ code: "experiment_exists" });
  expect((await ensureExperiment(ctx, { name: "one" })).id).toBe(experiment.id);
});

pgTest("renames and tags in one step", async ({ ctx }) => {
  const id = await makeRun(ctx);
  const run = await updateRun(ctx, { id, name: "better", tags: { note: "good" } });
  expect(run).toMatchObject({ name: "better", tags: { note: "good" } });
});

pgTest("rejects a read-only actor", async ({ ctx, make }) => {
  const id = await makeRun(ctx);
  const reader = await make.apiKeyCtx({ scopes: ["tracking:read"] });
  const writes: (() => Promise<unknown>)[] = [
    () => createExperiment(reader, { name: "x" }),
    () => ensureExperiment(reader, { name: "x" }),
    () => createRun(reader, { name: "x", experimentId: "1" }),
    () => setRunStatus(reader, { runId: id, to: "FINISHED" }),
    () => logMetrics(reader, { runId: id, points: [] }),
    () => logBatch(reader, { runId: id }),
    () => setTags(reader, { runId: id, tags: {} }),
    () => putArtifact(reader, { runId: id, path: "a", source: Buffer.of(1) }),
    () => updateRun(reader, { id }),
    () => deleteRun(reader, { id }),
    () => restoreRun(reader, { id }),
  ];
  for (const write of writes) {
    await expect(write()).rejects.toMatchObject({ kind: "forbidden" });
  }
  const nobody = await make.apiKeyCtx({ scopes: [] });
  await expect(getRun(nobody, { id })).rejects.toMatchObject({ kind: "forbidden" });
  await expect(listRuns(nobody, query({}))).rejects.toMatchObject({ kind: "forbidden" });
  await expect(openArtifact(nobody, { runId: id, path: "a" })).rejects.toMatchObject({ kind: "forbidden" });
});

pgTest("a cursor of another list or order is refused as such", async ({ ctx }) => {
  for (const values of [
    ["=baseline", "5"],
    ["=0.5", "five"],
    ["=0.5", "99999999999999999999"],
  ]) {
    const cursor = encodeCursor(values);
    const listed = listRuns(ctx, query({ sort: "-metric:test_accuracy", cursor }));
    await expect(listed).rejects.toMatchObject({ kind: "invalid" });
  }
});
