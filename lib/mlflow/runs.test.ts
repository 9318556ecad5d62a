import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";
import { setRunStatus } from "#lib/tracking/set-run-status.ts";

/** The wire as a client of the context's project sees it. */
async function wire(runtime: Runtime, ctx: Ctx, prefix = "/api/2.0/mlflow") {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const send = async (method: string, path: string, body?: unknown) => {
    const response = await ask(`${prefix}/${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    return { status: response.status, body: await response.json() };
  };
  return {
    get: (path: string, query: Record<string, string>) => send("get", `${path}?${new URLSearchParams(query)}`),
    post: (path: string, body: unknown) => send("post", path, body),
  };
}

pgTest("set_experiment, start_run, end_run as the client sends them", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const absent = await get("experiments/get-by-name", { experiment_name: "cats" });
  expect([absent.status, absent.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  const made = await post("experiments/create", { name: "cats", tags: [{ key: "team", value: "a" }] });
  const id = made.body.experiment_id;
  expect(id).toMatch(/^\d+$/);
  const { experiment } = (await get("experiments/get", { experiment_id: id })).body;
  expect(experiment).toMatchObject({
    experiment_id: id,
    name: "cats",
    lifecycle_stage: "active",
    artifact_location: `mlflow-artifacts:/${id}`,
    tags: [{ key: "team", value: "a" }],
  });

  const tags = [{ key: "mlflow.user", value: "ann" }];
  const started = await post("runs/create", { experiment_id: id, user_id: "ann", start_time: 1_700_000_000_123, tags });
  const { info, data, inputs } = started.body.run;
  expect(info).toMatchObject({
    experiment_id: id,
    user_id: "ann",
    status: "RUNNING",
    start_time: 1_700_000_000_123,
    artifact_uri: `mlflow-artifacts:/${id}/${info.run_id}/artifacts`,
    lifecycle_stage: "active",
  });
  expect(info.run_uuid).toBe(info.run_id);
  expect(data.tags).toContainEqual({ key: "mlflow.runName", value: info.run_name });
  expect(inputs).toEqual({});
  const ended = await post("runs/update", {
    run_id: info.run_id,
    run_uuid: info.run_id,
    status: "FINISHED",
    end_time: "1700000001000",
  });
  expect(ended.body.run_info).toMatchObject({ status: "FINISHED", end_time: 1_700_000_001_000 });
  expect(await getRun(ctx, { id: info.run_id })).toMatchObject({ status: "FINISHED", durationMs: 877 });
  // A client may take up its run again.
  const again = await post("runs/update", { run_id: info.run_id, status: "RUNNING" });
  expect(again.body.run_info).toMatchObject({ status: "RUNNING" });
  expect(again.body.run_info.end_time).toBeUndefined();
});

pgTest("a taken name is told as the client expects, deleted or not", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const { experiment_id: id } = (await post("experiments/create", { name: "cats" })).body;
  const { run } = (await post("runs/create", { experiment_id: id })).body;
  const gone = (await post("runs/create", { experiment_id: id })).body.run;
  await post("runs/delete", { run_id: gone.info.run_id });
  const refused = async () => {
    const { status, body } = await post("experiments/create", { name: "cats" });
    expect([status, body.error_code]).toEqual([400, "RESOURCE_ALREADY_EXISTS"]);
    expect(body.message).toMatch(/^Experiment\(name=cats\) already exists/);
  };
  await refused();
  expect(await post("experiments/delete", { experiment_id: id })).toEqual({ status: 200, body: {} });
  await refused();
  expect((await get("experiments/get-by-name", { experiment_name: "cats" })).body.experiment.lifecycle_stage).toBe(
    "deleted",
  );
  const stage = async (runId: string) => (await get("runs/get", { run_id: runId })).body.run.info.lifecycle_stage;
  expect(await stage(run.info.run_id)).toBe("deleted");
  const late = await post("runs/create", { experiment_id: id });
  expect([late.status, late.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  expect((await post("experiments/delete", { experiment_id: id })).body.error_code).toBe("RESOURCE_DOES_NOT_EXIST");
  await post("experiments/restore", { experiment_id: id });
  expect(await stage(run.info.run_id)).toBe("active");
  // What was deleted before stays so.
  expect(await stage(gone.info.run_id)).toBe("deleted");
});

pgTest("experiments are renamed and tagged", async ({ runtime, ctx, db }) => {
  const { get, post } = await wire(runtime, ctx);
  const { experiment_id: id } = (await post("experiments/create", { name: "cats" })).body;
  await post("experiments/create", { name: "dogs" });
  const taken = await post("experiments/update", { experiment_id: id, new_name: "dogs" });
  expect([taken.status, taken.body.error_code]).toEqual([400, "RESOURCE_ALREADY_EXISTS"]);
  await post("experiments/update", { experiment_id: id, new_name: "lions" });
  await post("experiments/set-experiment-tag", { experiment_id: id, key: "a", value: "1" });
  await post("experiments/set-experiment-tag", { experiment_id: id, key: "b", value: "2" });
  await post("experiments/delete-experiment-tag", { experiment_id: id, key: "a" });
  const { experiment } = (await get("experiments/get", { experiment_id: id })).body;
  expect(experiment).toMatchObject({ name: "lions", tags: [{ key: "b", value: "2" }] });
  const absent = await post("experiments/delete-experiment-tag", { experiment_id: id, key: "a" });
  expect([absent.status, absent.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  const records = await db.auditEvent.findMany({ where: { subject: `experiment:${id}` } });
  expect(records.map((one) => one.action)).toEqual(["experiment.rename"]);
});

pgTest(
  "experiment 0 is the project's Default, and where artifacts are is not a client's to say",
  async ({ runtime, ctx }) => {
    const { get, post } = await wire(runtime, ctx);
    const { run } = (await post("runs/create", { experiment_id: "0", run_name: "one" })).body;
    const { experiment } = (await get("experiments/get", { experiment_id: "0" })).body;
    expect(experiment).toMatchObject({ name: "Default", experiment_id: run.info.experiment_id });
    const chosen = await post("experiments/create", { name: "x", artifact_location: "file:///etc" });
    expect([chosen.status, chosen.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  },
);

pgTest("a run's name is its tag, whichever is set", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const { run } = (await post("runs/create", { tags: [{ key: "mlflow.runName", value: "one" }] })).body;
  const runId = run.info.run_id;
  const names = async () => {
    const { info, data } = (await get("runs/get", { run_id: runId })).body.run;
    return [info.run_name, ...data.tags.map((one: { value: string }) => one.value)];
  };
  expect(await names()).toEqual(["one", "one"]);
  await post("runs/update", { run_id: runId, run_name: "two" });
  expect(await names()).toEqual(["two", "two"]);
  await post("runs/set-tag", { run_id: runId, key: "mlflow.runName", value: "three" });
  expect(await names()).toEqual(["three", "three"]);
  const both = await post("runs/create", { run_name: "a", tags: [{ key: "mlflow.runName", value: "b" }] });
  expect(both.body.message).toContain("different values");
});

pgTest("tags are set, cut at 8,000 characters, removed once, and their names are checked", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const run_id = (await post("runs/create", {})).body.run.info.run_id;
  await post("runs/set-tag", { run_uuid: run_id, key: "long", value: "x".repeat(9_000) });
  await post("runs/set-tag", { run_id, key: "été/ключ", value: "" });
  const { tags } = (await get("runs/get", { run_id })).body.run.data;
  expect(tags).toContainEqual({ key: "long", value: "x".repeat(8_000) });
  expect(tags).toContainEqual({ key: "été/ключ", value: "" });
  expect(await post("runs/delete-tag", { run_id, key: "long" })).toEqual({ status: 200, body: {} });
  expect((await post("runs/delete-tag", { run_id, key: "long" })).status).toBe(404);
  for (const key of ["a;b", "../up", "/abs", ".", "a//b", "k".repeat(251)]) {
    const { status, body } = await post("runs/set-tag", { run_id, key, value: "x" });
    expect([key, status, body.error_code]).toEqual([key, 400, "INVALID_PARAMETER_VALUE"]);
  }
});

pgTest(
  "metrics come as the newest of each key, NaN as a word and infinities as the largest number",
  async ({ runtime, ctx }) => {
    const { get, post } = await wire(runtime, ctx);
    const run_id = (await post("runs/create", {})).body.run.info.run_id;
    await logMetrics(ctx, {
      runId: run_id,
      points: [
        { key: "loss", step: 2, at: 1_000, value: 0.25 },
        { key: "loss", step: 1, at: 9_000, value: 0.5 },
        { key: "nan", step: 0, at: 1, value: Number.NaN },
        { key: "up", step: 0, at: 1, value: Number.POSITIVE_INFINITY },
        { key: "down", step: 0, at: 1, value: Number.NEGATIVE_INFINITY },
      ],
    });
    const { metrics } = (await get("runs/get", { run_id })).body.run.data;
    expect(metrics).toEqual([
      { key: "down", value: -1.7976931348623157e308, timestamp: 1, step: 0 },
      { key: "loss", value: 0.25, timestamp: 1_000, step: 2 },
      { key: "nan", value: "NaN", timestamp: 1, step: 0 },
      { key: "up", value: 1.7976931348623157e308, timestamp: 1, step: 0 },
    ]);
  },
);

pgTest("a worker's run is seen, but its status is not a client's", async ({ runtime, ctx, db }) => {
  const { get, post } = await wire(runtime, ctx);
  const { experiment_id } = (await post("experiments/create", { name: "digits" })).body;
  const { id } = await createRun(ctx, {
    name: "trained",
    experimentId: experiment_id,
    status: "QUEUED",
    managed: true,
  });
  expect((await get("runs/get", { run_id: id })).body.run.info.status).toBe("SCHEDULED");
  const moved = await post("runs/update", { run_id: id, status: "FINISHED", end_time: 5 });
  expect([moved.status, moved.body.error_code]).toEqual([409, "RESOURCE_CONFLICT"]);
  expect((await post("runs/update", { run_id: id, run_name: "renamed" })).status).toBe(200);
  expect((await post("runs/delete", { run_id: id })).status).toBe(409);
  expect((await post("experiments/delete", { experiment_id })).status).toBe(409);
  await setRunStatus(ctx, { runId: id, to: "CANCELLED" });
  expect((await get("runs/get", { run_id: id })).body.run.info).toMatchObject({
    status: "KILLED",
    run_name: "renamed",
  });
  expect((await post("experiments/delete", { experiment_id })).status).toBe(200);
  const subject = `experiment:${experiment_id}`;
  expect(await db.auditEvent.count({ where: { subject, action: "experiment.delete" } })).toBe(1);
});

pgTest(
  "deleting a deleted run changes nothing, nor does restoring a live one; nobody writes to it",
  async ({ runtime, ctx }) => {
    const { get, post } = await wire(runtime, ctx);
    const run_id = (await post("runs/create", {})).body.run.info.run_id;
    for (const word of ["delete", "delete"]) expect((await post(`runs/${word}`, { run_id })).status).toBe(200);
    for (const [path, body] of [
      ["runs/set-tag", { key: "a", value: "b" }],
      ["runs/update", { status: "FINISHED" }],
      ["runs/delete-tag", { key: "a" }],
    ] as const) {
      const refused = await post(path, { run_id, ...body });
      expect([path, refused.status, refused.body.error_code]).toEqual([path, 400, "INVALID_PARAMETER_VALUE"]);
      expect(refused.body.message).toContain("must be in the 'active' state");
    }
    for (const word of ["restore", "restore"]) expect((await post(`runs/${word}`, { run_id })).status).toBe(200);
    expect((await get("runs/get", { run_uuid: run_id })).body.run.info.lifecycle_stage).toBe("active");
  },
);

pgTest("datasets that a run used are kept once, with the tags of the run", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const run_id = (await post("runs/create", {})).body.run.info.run_id;
  const other = (await post("runs/create", {})).body.run.info.run_id;
  const dataset = { name: "digits", digest: "abc", source_type: "local", source: "{}", schema: "{}", profile: null };
  const train = { tags: [{ key: "mlflow.data.context", value: "train" }], dataset };
  for (const datasets of [
    [train, { ...train, tags: [] }],
    [{ ...train, dataset: { ...dataset, source: "changed" } }],
  ]) {
    expect((await post("runs/log-inputs", { run_id, datasets })).status).toBe(200);
  }
  const second = { tags: [], dataset: { ...dataset, digest: "def" } };
  await post("runs/log-inputs", { run_id: other, datasets: [second, train] });
  const { profile: _, ...kept } = dataset;
  const inputsOf = async (id: string) => (await get("runs/get", { run_id: id })).body.run.inputs;
  expect(await inputsOf(run_id)).toEqual({ dataset_inputs: [{ tags: train.tags, dataset: kept }] });
  expect((await inputsOf(other)).dataset_inputs).toHaveLength(2);
  const long = { tags: [], dataset: { ...dataset, digest: "d".repeat(37) } };
  const refused = await post("runs/log-inputs", { run_id, datasets: [long] });
  expect([refused.status, refused.body.message]).toEqual([400, "'digest' exceeds the maximum length of 36 characters"]);
});

pgTest("models that a run used and made are linked, all or none", async ({ runtime, ctx, db }) => {
  const { get, post } = await wire(runtime, ctx);
  const { info } = (await post("runs/create", {})).body.run;
  const ids = ["a", "b"].map((letter) => `m-${info.run_id.slice(1)}${letter}`);
  const [first = "", second = ""] = ids;
  const at = new Date();
  const model = { projectId: ctx.projectId, experimentId: BigInt(info.experiment_id), name: "m", createdBy: "x" };
  for (const id of ids) await db.loggedModel.create({ data: { ...model, id, createdAt: at, updatedAt: at } });
  const { run_id } = info;
  await post("runs/log-inputs", { run_id, models: [{ model_id: first }] });
  await post("runs/outputs", { run_id, models: [{ model_id: second, step: "3" }] });
  await post("runs/outputs", { run_id, models: [{ model_id: second, step: 4 }] });
  const { inputs, outputs } = (await get("runs/get", { run_id })).body.run;
  expect(inputs).toEqual({ model_inputs: [{ model_id: first }] });
  expect(outputs).toEqual({ model_outputs: [{ model_id: second, step: 4 }] });
  const missing = await post("runs/outputs", { run_id, models: [{ model_id: first }, { model_id: "m-none" }] });
  expect([missing.status, missing.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  expect((await get("runs/get", { run_id })).body.run.outputs.model_outputs).toHaveLength(1);
});

pgTest("older clients' models add up in a tag", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx);
  const run_id = (await post("runs/create", {})).body.run.info.run_id;
  const model = {
    artifact_path: "m",
    utc_time_created: "now",
    run_id,
    flavors: { onnx: { a: 1, config: { b: 2 } } },
    x: 1,
  };
  const log = (model_json: string) => post("runs/log-model", { run_id, model_json });
  await Promise.all([log(JSON.stringify(model)), log(JSON.stringify(model))]);
  const { tags } = (await get("runs/get", { run_id })).body.run.data;
  const [history] = tags.filter((one: { key: string }) => one.key === "mlflow.log-model.history");
  const { x: _, ...kept } = model;
  const expected = { ...kept, flavors: { onnx: { a: 1 } } };
  expect(JSON.parse(history.value)).toEqual([expected, expected]);
  for (const text of ["{", "[]", "{}", "1"]) {
    expect((await log(text)).body.error_code, text).toBe("INVALID_PARAMETER_VALUE");
  }
});

pgTest("what is missing or wrong is told in the protocol's words", async ({ runtime, ctx }) => {
  const { get, post } = await wire(runtime, ctx, "/ajax-api/2.0/mlflow");
  const missing = (name: string) => `Missing value for required parameter '${name}'. See the API docs`;
  for (const [reply, name] of [
    [await post("experiments/create", {}), "name"],
    [await post("experiments/create", { name: "" }), "name"],
    [await get("experiments/get", {}), "experiment_id"],
    [await post("experiments/update", { experiment_id: "1" }), "new_name"],
    [await post("runs/set-tag", { run_id: "a" }), "key"],
    [await post("runs/delete", {}), "run_id"],
    [await get("runs/get", { run_id: "" }), "run_id"],
  ] as const) {
    expect([reply.status, reply.body.error_code]).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    expect(reply.body.message).toContain(missing(name));
  }
  for (const [reply, status, code] of [
    [await get("experiments/get", { experiment_id: "abc" }), 400, "INVALID_PARAMETER_VALUE"],
    [await get("experiments/get", { experiment_id: "123456789" }), 404, "RESOURCE_DOES_NOT_EXIST"],
    [await get("experiments/get", { experiment_id: "9".repeat(40) }), 400, "INVALID_PARAMETER_VALUE"],
    [await get("runs/get", { run_id: "nope" }), 404, "RESOURCE_DOES_NOT_EXIST"],
    [await post("runs/create", { start_time: 1e30 }), 400, "INVALID_PARAMETER_VALUE"],
    [await post("runs/update", { run_id: "nope", status: "DONE" }), 400, "INVALID_PARAMETER_VALUE"],
    [await post("runs/nowhere", {}), 404, "ENDPOINT_NOT_FOUND"],
    [await get("runs/create", {}), 405, "BAD_REQUEST"],
  ] as const) {
    expect([reply.status, reply.body.error_code]).toEqual([status, code]);
  }
});

pgTest("another project's experiments and runs are as good as absent", async ({ runtime, ctx, make, db }) => {
  const theirs = await wire(runtime, ctx);
  const { experiment_id } = (await theirs.post("experiments/create", { name: "theirs" })).body;
  const run_id = (await theirs.post("runs/create", { experiment_id })).body.run.info.run_id;
  await db.project.create({ data: { id: `${ctx.projectId}-b`, name: `${ctx.projectId}-b` } });
  const { get, post } = await wire(runtime, await make.ctx({ projectId: `${ctx.projectId}-b` }));
  for (const reply of [
    await get("experiments/get", { experiment_id }),
    await get("experiments/get-by-name", { experiment_name: "theirs" }),
    await get("runs/get", { run_id }),
    await post("experiments/update", { experiment_id, new_name: "mine" }),
    await post("experiments/delete", { experiment_id }),
    await post("experiments/restore", { experiment_id }),
    await post("experiments/set-experiment-tag", { experiment_id, key: "a", value: "b" }),
    await post("experiments/delete-experiment-tag", { experiment_id, key: "a" }),
    await post("runs/create", { experiment_id }),
    await post("runs/update", { run_id, status: "FAILED" }),
    await post("runs/delete", { run_id }),
    await post("runs/restore", { run_id }),
    await post("runs/set-tag", { run_id, key: "a", value: "b" }),
    await post("runs/delete-tag", { run_id, key: "a" }),
    await post("runs/log-inputs", { run_id }),
    await post("runs/outputs", { run_id, models: [] }),
    await get("artifacts/list", { run_id }),
  ]) {
    expect([reply.status, reply.body.error_code]).toEqual([404, "RESOURCE_DOES_NOT_EXIST"]);
  }
  expect((await theirs.get("runs/get", { run_id })).body.run.info).toMatchObject({ status: "RUNNING" });
});
