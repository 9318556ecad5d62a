import { expect } from "vitest";
import { createApi } from "#lib/api/app.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createRun, ensureExperiment, logMetrics, putArtifact, setRunStatus } from "#lib/tracking/index.ts";
import type { RunPage, RunSummary } from "#lib/tracking/schemas.ts";
import type { QueueReply, StrategyRun, SubmittedRun } from "#lib/training/schemas.ts";

// Through the whole API: a reply that is not what its schema says is an error in tests.

async function open(runtime: Runtime) {
  const ctx = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: ["admin"] } });
  const { key } = await createApiKey(ctx, { name: "routes", scopes: ["admin"] });
  const { app } = createApi(runtime);
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const env = { incoming: { socket: { remoteAddress: "192.0.2.77" } } };
  const send = (method: string, path: string, body?: unknown) =>
    app.request(path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }, env);
  const call = async <T = unknown>(status: number, method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(method, path, body);
    const text = await response.text();
    expect(response.status, `${method} ${path}: ${text}`).toBe(status);
    return (text === "" ? undefined : JSON.parse(text)) as T;
  };
  return { ctx, send, call };
}

pgTest("runs and strategies over HTTP, from submission to restoration", async ({ runtime }) => {
  const { call } = await open(runtime);
  expect(await call(201, "POST", "/api/experiments", { name: "by hand" })).toMatchObject({ runCount: 0 });
  expect(await call(409, "POST", "/api/experiments", { name: "by hand" })).toMatchObject({
    error: { code: "experiment_exists" },
  });
  await call(200, "GET", "/api/training/strategies");
  const group = await call<StrategyRun>(202, "POST", "/api/training/strategies/mnist-three-runs", {
    overrides: { epochs: 1 },
  });
  expect(await call(200, "GET", `/api/training/strategy-runs/${group.id}`)).toEqual(group);
  await call(404, "POST", "/api/training/strategies/unknown", {});
  const spec = { architecture: "baseline", epochs: 1, batchSize: 64, learningRate: 0.001 };
  const run = await call<SubmittedRun>(202, "POST", "/api/training/runs", { spec });
  expect(run.name).toBe("baseline-adam-1e-3");
  await call(400, "POST", "/api/training/runs", { spec: { ...spec, epochs: 0 } });
  await call(400, "POST", "/api/training/runs", { spec, more: 1 });
  expect((await call<QueueReply>(200, "GET", "/api/training/queue")).waiting).toHaveLength(4);

  const { metrics } = runtime;
  const text = await metrics.metrics();
  expect(text).toMatch(/assay_training_runs\{state="queued"\} 4\n/);
  expect(text).toMatch(/assay_queue_jobs\{queue="training",state="waiting"\} 0\n/);

  const path = `/api/runs/${run.runId}`;
  expect(await call(200, "GET", path)).toMatchObject({ status: "QUEUED", training: { attempt: 0 } });
  expect(await call(200, "PATCH", path, { name: "mine", tags: { note: "x" } })).toMatchObject({ name: "mine" });
  await call(409, "DELETE", path);
  expect(await call(202, "POST", `/api/training/runs/${run.runId}/cancel`)).toMatchObject({ status: "CANCELLED" });
  await call(202, "POST", `/api/training/runs/${run.runId}/retry`);
  await call(202, "POST", `/api/training/runs/${run.runId}/cancel`);
  await call(204, "DELETE", path);
  const names = async (query: string) =>
    (await call<RunPage>(200, "GET", `/api/runs?${query}`)).items.map((item: RunSummary) => item.name);
  expect(await names("status=CANCELLED")).toEqual([]);
  expect(await names("lifecycle=deleted")).toEqual(["mine"]);
  expect(await call(200, "POST", `${path}/restore`)).toMatchObject({ lifecycleStage: "active" });
  expect(await names("q=mine&sort=-metric:test_accuracy")).toEqual(["mine"]);
  await call(400, "GET", "/api/runs?sort=nonsense");
  await call(400, "GET", "/api/runs?cursor=nonsense");
  await call(404, "GET", `/api/runs/${"0".repeat(32)}`);
});

pgTest("artifacts over HTTP: downloaded as attachments, tricks refused", async ({ runtime }) => {
  const { ctx, send, call } = await open(runtime);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "digits" });
  const { id } = await createRun(ctx, { name: "with files", experimentId });
  const page = "<script>alert(1)</script>";
  await putArtifact(ctx, { runId: id, path: "notes/ä page.html", source: Buffer.from(page), mediaType: "text/html" });
  await call(200, "GET", `/api/runs/${id}/artifacts`);
  const response = await send("GET", `/api/runs/${id}/artifacts/notes/${encodeURIComponent("ä page.html")}`);
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(page);
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
  expect(response.headers.get("content-disposition")).toBe("attachment; filename*=UTF-8''%C3%A4%20page.html");
  expect(response.headers.get("content-security-policy")).toContain("sandbox");

  const tricks = [
    "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
    "..%2f..%2fetc",
    "a%5c..%5cb",
    "a%00b",
    "a%23b",
    "a%3bb",
    "%252e%252e%252fb",
  ];
  for (const trick of tricks) {
    const refused = await send("GET", `/api/runs/${id}/artifacts/${trick}`);
    expect([400, 404], `${trick} gave ${refused.status}`).toContain(refused.status);
    expect(await refused.text()).not.toContain("root:");
  }
  await call(404, "GET", `/api/runs/${id}/artifacts/nothing.txt`);
});

pgTest("a run's events and series over HTTP", async ({ runtime }) => {
  const { ctx, send, call } = await open(runtime);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "digits" });
  const { id } = await createRun(ctx, { name: "watched", experimentId });
  const log = (step: number, value: number) =>
    logMetrics(ctx, { runId: id, points: [{ key: "loss", step, at: 1_000 + step, value }] });
  await log(1, 0.5);
  await log(2, Number.NaN);
  expect(await call(200, "GET", `/api/runs/${id}/metrics?keys=loss`)).toMatchObject({
    series: [
      {
        key: "loss",
        total: 2,
        points: [
          [1, 1001, 0.5],
          [2, 1002, "NaN"],
        ],
      },
    ],
  });
  await call(404, "GET", `/api/runs/${"0".repeat(32)}/events`);

  const response = await send("GET", `/api/runs/${id}/events?since=1002`);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  const readUntil = async (pattern: RegExp) => {
    while (!pattern.test(text)) text += (await reader?.read())?.value ?? "";
  };
  await readUntil(/event: run\n/);
  expect(text).toContain('event: points\nid: 1002\ndata: {"points":{"loss":[[2,1002,"NaN"]]}}');
  await log(3, 0.25);
  await readUntil(/\[3,1003,0\.25\]/);
  await setRunStatus(ctx, { runId: id, to: "FINISHED" });
  await readUntil(/"status":"FINISHED"/);
  await reader?.cancel();
});

pgTest("models and datasets over HTTP", async ({ runtime }) => {
  const { ctx, call } = await open(runtime);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "digits" });
  const { id: runId } = await createRun(ctx, { name: "good", experimentId });
  await putArtifact(ctx, { runId, path: "model/model.onnx", source: Buffer.from("onnx") });
  await call(412, "POST", "/api/models/digits/versions", { runId });
  await setRunStatus(ctx, { runId, to: "FINISHED" });
  expect(await call(201, "POST", "/api/models/digits/versions", { runId })).toMatchObject({
    version: 1,
    stage: "None",
  });
  const stage = "/api/models/digits/versions/1/stage";
  expect(await call(200, "POST", stage, { stage: "Production", reason: "good" })).toMatchObject({
    aliases: ["champion"],
  });
  await call(409, "POST", stage, { stage: "Staging" });
  await call(400, "POST", stage, { stage: "Sold" });
  await call(200, "GET", "/api/models");
  await call(200, "GET", "/api/models/digits");
  expect(await call(200, "GET", "/api/models/digits/versions/1")).toMatchObject({
    transitions: [{ to: "Production" }],
  });
  expect(await call(200, "GET", "/api/models/digits/history")).toMatchObject({ items: [{ reason: "good" }] });
  await call(404, "GET", "/api/models/nothing");
  await call(404, "GET", "/api/models/digits/versions/9");

  expect(await call(202, "POST", "/api/datasets/prepare", { source: "mnist" })).toMatchObject({ state: "queued" });
  await call(400, "POST", "/api/datasets/prepare", { source: "elsewhere" });
  await call(200, "GET", "/api/datasets");
  await call(404, "GET", "/api/datasets/mnist/versions/1");
});
