import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { getRun } from "#lib/tracking/get-run.ts";

/** The wire as a client of the context's project sees it, and a run of its own. */
async function wire(runtime: Runtime, ctx: Ctx) {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await ask(path, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: await response.json() };
  };
  const { id: experimentId } = await ensureExperiment(ctx, { name: "metrics" });
  return {
    run: (await createRun(ctx, { name: "one", experimentId })).id,
    get: (path: string, query: string[][]) => send("get", `${path}?${new URLSearchParams(query)}`),
    post: (path: string, body: unknown) => send("post", `/api/2.0/mlflow/runs/${path}`, body),
  };
}

const HISTORY = "/api/2.0/mlflow/metrics/get-history";

pgTest("logs metrics one by one and in batches, and gives their history back", async ({ runtime, ctx }) => {
  const { run, get, post } = await wire(runtime, ctx);
  const one = { run_id: run, run_uuid: run, key: "loss", value: 0.5, timestamp: 1_700_000_000_000, step: "3" };
  for (let again = 0; again < 2; again++) {
    expect(await post("log-metric", { ...one, unknown_field: 1 })).toEqual({ status: 200, body: {} });
  }
  expect((await post("log-metric", { run_uuid: run, key: "loss", value: "NaN", timestamp: "5" })).status).toBe(200);
  const batch = {
    run_id: run,
    metrics: [
      { key: "loss", value: "Infinity", timestamp: 6, step: 1 },
      { key: "loss", value: "-Infinity", timestamp: 6, step: 1 },
    ],
    params: [{ key: "lr", value: "x".repeat(6_001) }, { key: "none" }],
    tags: [{ key: "note", value: "good" }],
  };
  expect(await post("log-batch", batch)).toEqual({ status: 200, body: {} });
  expect(await post("log-batch", batch)).toEqual({ status: 200, body: {} });
  expect(await getRun(ctx, { id: run })).toMatchObject({
    params: { lr: "x".repeat(6_000), none: "" },
    tags: { note: "good" },
    metrics: { loss: { value: 0.5, step: 3 } },
  });

  const expected = [
    { key: "loss", value: "NaN", timestamp: 5, step: 0 },
    { key: "loss", value: -1.7976931348623157e308, timestamp: 6, step: 1 },
    { key: "loss", value: 1.7976931348623157e308, timestamp: 6, step: 1 },
    { key: "loss", value: 0.5, timestamp: 1_700_000_000_000, step: 3 },
  ];
  const named = [
    ["run_id", run],
    ["metric_key", "loss"],
  ];
  for (const prefix of [HISTORY, HISTORY.replace("/api/", "/ajax-api/")]) {
    expect(await get(prefix, named)).toEqual({ status: 200, body: { metrics: expected } });
  }
  const first = await get(HISTORY, [...named, ["max_results", "3"]]);
  expect(first.body.metrics).toEqual(expected.slice(0, 3));
  const rest = await get(HISTORY, [...named, ["max_results", "3"], ["page_token", first.body.next_page_token]]);
  expect(rest.body).toEqual({ metrics: expected.slice(3) });
  const none = [
    ["run_id", run],
    ["metric_key", "none"],
  ];
  expect((await get(HISTORY, none)).body).toEqual({});

  const ofRun = (points: object[]) => ({ metrics: points.map((point) => ({ ...point, run_id: run })) });
  const bulk = await get("/ajax-api/2.0/mlflow/metrics/get-history-bulk", [...named, ["run_id", run]]);
  expect(bulk).toEqual({ status: 200, body: ofRun(expected) });
  const several = [
    ["run_ids", run],
    ["metric_key", "loss"],
  ];
  for (const path of ["/api/2.11/mlflow", "/api/2.0/mlflow", "/ajax-api/2.0/mlflow", "/ajax-api/2.11/mlflow"]) {
    expect(await get(`${path}/metrics/get-history-bulk-interval`, several)).toEqual({
      status: 200,
      body: ofRun(expected),
    });
  }
  const range = [...several, ["start_step", "1"], ["end_step", "2"]];
  expect((await get(`${HISTORY}-bulk-interval`, range)).body).toEqual(ofRun(expected.slice(1, 3)));
});

pgTest("refuses in the protocol's words what MLflow refuses", async ({ runtime, ctx }) => {
  const { run, get, post } = await wire(runtime, ctx);
  const metric = { run_id: run, key: "loss", value: 1, timestamp: 1 };
  expect((await post("log-parameter", { run_id: run, key: "lr", value: "1" })).status).toBe(200);
  const refused: [string, object, string][] = [
    ["log-metric", { ...metric, run_id: undefined }, "Missing value for required parameter 'run_id'"],
    ["log-metric", { ...metric, key: undefined }, "Missing value for required parameter 'key'"],
    ["log-metric", { ...metric, value: undefined }, "Missing value for required parameter 'value'"],
    ["log-metric", { ...metric, timestamp: undefined }, "Missing value for required parameter 'timestamp'"],
    ["log-metric", { ...metric, value: "high" }, "Please specify value as a valid double"],
    ["log-metric", { ...metric, value: true }, "Please specify value as a valid double"],
    ["log-metric", { ...metric, key: "a\\b" }, "Names may only contain alphanumerics"],
    ["log-parameter", { run_id: run, key: "lr", value: "2" }, "Changing param values is not allowed"],
    [
      "log-batch",
      { run_id: run, metrics: [{ key: "loss", timestamp: 1 }] },
      "Missing value for required parameter 'value'",
    ],
    [
      "log-batch",
      { run_id: run, params: [{ key: "a" }, { key: "a" }] },
      "Duplicate parameter keys have been submitted",
    ],
    ["log-batch", { run_id: run, tags: [{ key: "a", value: "x".repeat(1_000_000) }] }, "The body is too large."],
  ];
  for (const [path, body, message] of refused) {
    const reply = await post(path, body);
    expect([message, reply.status, reply.body.error_code]).toEqual([message, 400, "INVALID_PARAMETER_VALUE"]);
    expect(reply.body.message).toContain(message);
  }
  const absent = await post("log-metric", { ...metric, run_id: "0".repeat(32) });
  expect([absent.status, absent.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  const asked: [string, string[][], string][] = [
    [
      HISTORY,
      [
        ["run_id", run],
        ["metric_key", "a"],
        ["max_results", "0"],
      ],
      "It must be a positive integer.",
    ],
    [HISTORY, [["run_id", run]], "Missing value for required parameter 'metric_key'"],
    [`${HISTORY}-bulk`, [["metric_key", "a"]], "must specify at least one run_id"],
    [`${HISTORY}-bulk`, [["metric_key", "a"], ...Array(101).fill(["run_id", run])], "Received 101 run_id"],
    [
      `${HISTORY}-bulk-interval`,
      [
        ["run_ids", run],
        ["metric_key", "a"],
        ["start_step", "1"],
      ],
      "both must be specified",
    ],
    [
      `${HISTORY}-bulk-interval`,
      [
        ["run_ids", run],
        ["metric_key", "a"],
        ["max_results", "2501"],
      ],
      "between 1 and 2500",
    ],
  ];
  for (const [path, query, message] of asked) {
    const reply = await get(path, query);
    expect([message, reply.status, reply.body.error_code]).toEqual([message, 400, "INVALID_PARAMETER_VALUE"]);
    expect(reply.body.message).toContain(message);
  }
});
