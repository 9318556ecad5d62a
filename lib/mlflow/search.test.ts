import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { WireExperiment } from "#lib/mlflow/wire/experiment.ts";
import { WireModelVersion, WireRegisteredModel } from "#lib/mlflow/wire/registered.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { querySql } from "#lib/platform/sql.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";

const MS = 1_700_000_000_000;
const at = (second: number) => new Date(MS + second * 1_000);
type Reply = { status: number; next_page_token?: string; message?: string; error_code?: string } & Record<
  string,
  unknown
>;

/** Asks by POST or GET, and gives the reply with its status. */
async function open(runtime: Runtime, ctx: Ctx) {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  return {
    async post(path: string, body: object, as = headers): Promise<Reply> {
      const response = await ask(`/api/2.0/mlflow/${path}`, { method: "post", headers: as, body });
      return { status: response.status, ...((await response.json()) as object) };
    },
    async get(path: string, query: Record<string, string | string[]>, as = headers): Promise<Reply> {
      const pairs = Object.entries(query).flatMap(([key, value]) => [value].flat().map((one) => [key, one]));
      const response = await ask(`/api/2.0/mlflow/${path}?${new URLSearchParams(pairs)}`, { headers: as });
      return { status: response.status, ...((await response.json()) as object) };
    },
  };
}

/** Every page of a search, by what `of` takes from a thing found. */
async function all<T>(
  search: (token?: string) => Promise<Reply>,
  list: string,
  of: (item: T) => string,
): Promise<string> {
  let text = "";
  let token: string | undefined;
  do {
    const page: Reply = await search(token);
    expect([page.status, page.message]).toEqual([200, undefined]);
    text += ((page[list] ?? []) as T[]).map(of).join("");
    token = page.next_page_token;
  } while (token !== undefined);
  return text;
}

pgTest("experiments by name, id, times and tags", async ({ runtime, ctx }) => {
  const { post, get } = await open(runtime, ctx);
  const ids: Record<string, string> = {};
  for (const [index, name] of ["a", "b", "C", "gone"].entries()) {
    ids[name] = (await ensureExperiment(ctx, { name })).id;
    const set = "UPDATE experiment SET created_at = $2, updated_at = $3, lifecycle_stage = $4 WHERE id = $1::bigint";
    await querySql(ctx, set, [ids[name], at(index), at(10 - index), name === "gone" ? "deleted" : "active"]);
  }
  await querySql(ctx, "INSERT INTO experiment_tag VALUES ($1::bigint, 'team', 'red'), ($2::bigint, 'team', 'blue')", [
    ...[ids["a"], ids["b"]],
  ]);
  const found = (body: object) =>
    all<WireExperiment>(
      (page_token) => post("experiments/search", { ...body, page_token, max_results: 1 }),
      "experiments",
      (one) => WireExperiment.parse(one).name,
    );
  const cases: [body: object, names: string][] = [
    [{}, "Cba"],
    [{ view_type: "DELETED_ONLY" }, "gone"],
    [{ view_type: "ALL", order_by: ["name DESC"] }, "gonebaC"],
    [{ order_by: ["experiment_id ASC"] }, "abC"],
    [{ order_by: ["last_update_time"] }, "Cba"],
    [{ filter: "name = 'a'" }, "a"],
    [{ filter: "attribute.name ILIKE 'c'" }, "C"],
    [{ filter: `experiment_id IN ('${ids["a"]}', '${ids["C"]}')` }, "Ca"],
    [{ filter: `experiment_id != '${ids["a"]}'` }, "Cb"],
    [{ filter: `creation_time > ${MS} AND creation_time <= ${MS + 2_000}` }, "Cb"],
    [{ filter: `last_update_time = ${MS + 10_000}` }, "a"],
    [{ filter: "tags.team = 'red'" }, "a"],
    [{ filter: "tag.team != 'red'" }, "b"],
    [{ filter: "tags.team IS NULL" }, "C"],
    [{ filter: "tags.`team` IS NOT NULL OR name = 'C'" }, "Cba"],
  ];
  for (const [body, names] of cases) expect([body, await found(body)]).toEqual([body, names]);
  const asked = await get("experiments/search", {
    filter: "name != 'a'",
    order_by: ["name DESC", "experiment_id"],
    view_type: "1",
  });
  expect((asked["experiments"] as WireExperiment[]).map(({ name }) => name)).toEqual(["b", "C"]);
  expect(asked["experiments"]).toEqual(
    (await post("experiments/search", { filter: "name != 'a'", order_by: ["name DESC"] }))["experiments"],
  );
  for (const wrong of [
    { filter: "tags.a > 'x'" },
    { filter: "metrics.a = 1" },
    { order_by: ["tags.a"] },
    { filter: "creation_time = 'x'" },
    { max_results: 50_001 },
  ]) {
    expect([wrong, await post("experiments/search", wrong)]).toMatchObject([
      wrong,
      { status: 400, error_code: "INVALID_PARAMETER_VALUE" },
    ]);
  }
});

pgTest("datasets that runs used, each once for a context", async ({ runtime, ctx }) => {
  const { post } = await open(runtime, ctx);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "data" });
  const runs = [await createRun(ctx, { name: "a", experimentId }), await createRun(ctx, { name: "b", experimentId })];
  const [set] = await querySql<{ id: string }>(
    ctx,
    `INSERT INTO input_dataset (project_id, experiment_id, name, digest, source_type, source)
     VALUES ($1, $2::bigint, 'digits', 'abc', 'local', '{}') RETURNING id::text`,
    [ctx.projectId, experimentId],
  );
  for (const [run, tags] of [
    [runs[0]?.id, "{}"],
    [runs[1]?.id, '{"mlflow.data.context": "train"}'],
  ]) {
    await querySql(ctx, "INSERT INTO run_input VALUES ($1, $2::bigint, $3::jsonb)", [run, set?.id, tags]);
  }
  const one = { experiment_id: experimentId, name: "digits", digest: "abc" };
  expect(await post("experiments/search-datasets", { experiment_ids: [experimentId, "999999"] })).toEqual({
    status: 200,
    dataset_summaries: [{ ...one, context: "train" }, one],
  });
  expect(await post("experiments/search-datasets", {})).toMatchObject({
    status: 400,
    error_code: "INVALID_PARAMETER_VALUE",
  });
  const many = Array.from({ length: 21 }, () => experimentId);
  expect(await post("experiments/search-datasets", { experiment_ids: many })).toMatchObject({ status: 400 });
});

/** Models a (two versions), b (one), a prompt, and one that is deleted. */
async function makeModels(ctx: Ctx): Promise<string> {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "models" });
  const { id: runId } = await createRun(ctx, { name: "r", experimentId });
  const models = ["a", "b", "prompt", "gone"].map((name, index) => ({ id: newId("mod"), name, index }));
  for (const { id, name, index } of models) {
    await querySql(
      ctx,
      `INSERT INTO registered_model (id, project_id, name, created_at, updated_at, deleted_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, ctx.projectId, name, at(index), at(10 - index), name === "gone" ? at(9) : null],
    );
    for (const version of name === "a" ? [1, 2] : [1]) {
      await querySql(
        ctx,
        `INSERT INTO model_version (id, project_id, model_id, version, run_id, stage, size_bytes, source, metrics, lineage,
           created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4::int, $5, $6, 0, $7, '{}', '{}', 'user:x', $8, $8)`,
        [
          ...[newId("mv"), ctx.projectId, id, version, name === "a" ? runId : null, version === 2 ? "Staging" : "None"],
          ...[`models:/m-${name}`, at(index * 10 + version)],
        ],
      );
    }
  }
  const idOf = (name: string) => models.find((one) => one.name === name)?.id;
  await querySql(ctx, "INSERT INTO model_tag VALUES ($1, 'team', 'red'), ($2, 'mlflow.prompt.is_prompt', 'true')", [
    ...[idOf("a"), idOf("prompt")],
  ]);
  await querySql(ctx, "INSERT INTO model_alias VALUES ($1, 'candidate', 2)", [idOf("a")]);
  await querySql(
    ctx,
    "INSERT INTO model_version_tag SELECT id, 'checked', 'yes' FROM model_version WHERE model_id = $1 AND version = 1",
    [idOf("a")],
  );
  return runId;
}

pgTest("registered models by name and tags, prompts apart", async ({ runtime, ctx }) => {
  const { get } = await open(runtime, ctx);
  await makeModels(ctx);
  const found = (query: Record<string, string | string[]>) =>
    all<WireRegisteredModel>(
      (token) => get("registered-models/search", { ...query, max_results: "1", ...(token && { page_token: token }) }),
      "registered_models",
      (one) => WireRegisteredModel.strict().parse(one).name,
    );
  const cases: [query: Record<string, string | string[]>, names: string][] = [
    [{}, "ab"],
    [{ filter: "tag.`mlflow.prompt.is_prompt` != 'true'" }, "ab"],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'false'" }, "ab"],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }, "prompt"],
    [{ filter: "name = 'a' AND tag.`mlflow.prompt.is_prompt` != 'true'" }, "a"],
    [{ filter: "name LIKE '%o%'" }, ""],
    [{ filter: "name IN ('a', 'gone', 'prompt')" }, "a"],
    [{ filter: "tags.team = 'red'" }, "a"],
    [{ filter: "tags.team != 'red'" }, ""],
    [{ order_by: "name DESC" }, "ba"],
    [{ order_by: ["last_updated_timestamp ASC"] }, "ba"],
    [{ order_by: ["timestamp DESC", "name"] }, "ab"],
    [{ order_by: ["creation_timestamp DESC"] }, "ba"],
  ];
  for (const [query, names] of cases) expect([query, await found(query)]).toEqual([query, names]);
  const { registered_models: models } = await get("registered-models/search", { filter: "name = 'a'" });
  expect(models).toMatchObject([
    {
      creation_timestamp: MS,
      aliases: [{ alias: "candidate", version: "2" }],
      tags: [{ key: "team", value: "red" }],
      latest_versions: [
        { version: "1", current_stage: "None", tags: [{ key: "checked", value: "yes" }] },
        { version: "2", current_stage: "Staging", aliases: ["candidate"] },
      ],
    },
  ]);
  for (const query of [
    { filter: "creation_timestamp > 1" },
    { filter: "foo.a = 'x'" },
    { order_by: "tags.a" },
    { max_results: "1001" },
  ]) {
    expect([query, await get("registered-models/search", query)]).toMatchObject([query, { status: 400 }]);
  }
});

pgTest("versions by name, number, run, source and tags", async ({ runtime, ctx }) => {
  const { get } = await open(runtime, ctx);
  const runId = await makeModels(ctx);
  const found = (query: Record<string, string | string[]>) =>
    all<WireModelVersion>(
      (token) => get("model-versions/search", { ...query, max_results: "1", ...(token && { page_token: token }) }),
      "model_versions",
      (one) => {
        const { name, version } = WireModelVersion.strict().parse(one);
        return `${name}${version}`;
      },
    );
  const cases: [query: Record<string, string | string[]>, names: string][] = [
    [{}, "b1a2a1"],
    [{ filter: "name = 'a'" }, "a2a1"],
    [{ filter: "name='a' and version_number = 1" }, "a1"],
    [{ filter: "version_number >= '2'" }, "a2"],
    [{ filter: `run_id = '${runId}'` }, "a2a1"],
    [{ filter: `run_id IN ('${runId}', 'x') AND tags.checked = 'yes'` }, "a1"],
    [{ filter: "source_path = 'models:/m-b'" }, "b1"],
    [{ filter: "tags.`mlflow.prompt.is_prompt` = 'true'" }, "prompt1"],
    [{ filter: "name = 'a' AND tags.`mlflow.prompt.is_prompt` != 'true'" }, "a2a1"],
    [{ order_by: "name ASC" }, "a2a1b1"],
    [{ order_by: ["version_number ASC", "name DESC"] }, "b1a1a2"],
    [{ order_by: ["creation_timestamp ASC"] }, "a1a2b1"],
  ];
  for (const [query, names] of cases) expect([query, await found(query)]).toEqual([query, names]);
  for (const filter of ["version_number = 'x'", "version_number LIKE '1'", "stage = 'None'"]) {
    expect([filter, await get("model-versions/search", { filter })]).toMatchObject([filter, { status: 400 }]);
  }
});

pgTest("a key that is confined to models finds those", async ({ runtime, ctx }) => {
  const { get } = await open(runtime, ctx);
  await makeModels(ctx);
  const maker = makeCtx(runtime, { actor: { type: "system", id: "test", scopes: SCOPES }, projectId: ctx.projectId });
  const { key } = await createApiKey(maker, { name: newId("k"), scopes: ["registry:read"], models: ["b"] });
  const as = { Authorization: `Bearer ${key}` };
  expect(await get("registered-models/search", {}, as)).toMatchObject({ registered_models: [{ name: "b" }] });
  expect(await get("registered-models/search", { filter: "name = 'a' OR name = 'b'" }, as)).toMatchObject({
    registered_models: [{ name: "b" }],
  });
  expect((await get("model-versions/search", {}, as))["model_versions"]).toHaveLength(1);
});

pgTest("logged models by attributes, params, tags and metrics on datasets", async ({ runtime, ctx }) => {
  const { post } = await open(runtime, ctx);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "logged" });
  const { id: runId } = await createRun(ctx, { name: "r", experimentId });
  const ids = ["a", "b", "c"].map((name) => ({ name, id: `m-${name.repeat(32)}` }));
  for (const [index, { id, name }] of ids.entries()) {
    await querySql(
      ctx,
      `INSERT INTO logged_model (id, project_id, experiment_id, run_id, name, model_type, status, created_by, created_at, updated_at)
       VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, 'user:x', $8, $8)`,
      [
        id,
        ctx.projectId,
        experimentId,
        name === "c" ? null : runId,
        name,
        name === "a" ? "cnn" : null,
        name === "c" ? "FAILED" : "READY",
        at(index),
      ],
    );
  }
  const [a, b] = ids.map(({ id }) => id);
  await querySql(ctx, "INSERT INTO logged_model_param VALUES ($1, 'lr', '0.1'), ($2, 'lr', '0.2')", [a, b]);
  await querySql(ctx, "INSERT INTO logged_model_tag VALUES ($1, 'team', 'red')", [a]);
  const metric = (model: string | undefined, name: string, digest: string, value: number) =>
    querySql(ctx, "INSERT INTO logged_model_metric VALUES ($1, $2, 'acc', $3, $4, 0, 5, $5::text::float8)", [
      model,
      runId,
      name,
      digest,
      String(value),
    ]);
  await metric(a, "train", "1", 0.9);
  await metric(a, "test", "1", 0.5);
  await metric(b, "train", "2", 0.8);
  await metric(b, "", "", Number.NaN);
  const found = (body: object) =>
    all<{ info: { name: string } }>(
      (page_token) =>
        post("logged-models/search", { experiment_ids: [experimentId], ...body, page_token, max_results: 1 }),
      "models",
      ({ info }) => info.name,
    );
  const train = { dataset_name: "train" };
  const cases: [body: object, names: string][] = [
    [{}, "cba"],
    [{ filter: "name = 'a'" }, "a"],
    [{ filter: "name = a" }, "a"],
    [{ filter: `model_id IN ('${a}', '${b}')` }, "ba"],
    [{ filter: "model_type LIKE 'c%'" }, "a"],
    [{ filter: "status = 'READY'" }, "ba"],
    [{ filter: "attributes.status != 'LOGGED_MODEL_READY'" }, "c"],
    [{ filter: "status IN ('LOGGED_MODEL_UPLOAD_FAILED')" }, "c"],
    [{ filter: `source_run_id = '${runId}'` }, "ba"],
    [{ filter: `creation_timestamp >= ${MS + 1_000}` }, "cb"],
    [{ filter: `creation_time = ${MS} OR last_updated_time = ${MS + 2_000}` }, "ca"],
    [{ filter: "params.lr = '0.1'" }, "a"],
    [{ filter: "tags.team = 'red' AND params.lr IN ('0.1', '0.2')" }, "a"],
    [{ filter: "metrics.acc > 0.7" }, "ba"],
    [{ filter: "metrics.acc > 0.7", datasets: [{ dataset_name: "test" }] }, ""],
    [{ filter: "metrics.acc > 0.7", datasets: [train] }, "ba"],
    [{ filter: "metrics.acc > 0.7", datasets: [{ ...train, dataset_digest: "1" }] }, "a"],
    [{ datasets: [{ dataset_name: "test" }] }, "a"],
    [{ order_by: [{ field_name: "name" }] }, "abc"],
    [{ order_by: [{ field_name: "creation_timestamp", ascending: true }] }, "abc"],
    [{ order_by: [{ field_name: "model_type" }, { field_name: "name", ascending: false }] }, "acb"],
    [{ order_by: [{ field_name: "metrics.acc", ...train }] }, "bac"],
    [{ order_by: [{ field_name: "metrics.acc", ascending: false, ...train }] }, "abc"],
    [{ order_by: [{ field_name: "metrics.acc", ascending: false, dataset_name: "test", dataset_digest: "1" }] }, "acb"],
  ];
  for (const [body, names] of cases) expect([body, await found(body)]).toEqual([body, names]);
  expect(await post("logged-models/search", { experiment_ids: [experimentId], filter: "name = 'c'" })).toMatchObject({
    models: [{ info: { status: "LOGGED_MODEL_UPLOAD_FAILED" } }],
  });
  const { models } = await post("logged-models/search", { experiment_ids: [experimentId], filter: "name = 'b'" });
  expect(models).toEqual([
    {
      info: {
        model_id: b,
        experiment_id: experimentId,
        name: "b",
        creation_timestamp_ms: MS + 1_000,
        last_updated_timestamp_ms: MS + 1_000,
        artifact_uri: `mlflow-artifacts:/${experimentId}/models/${b}/artifacts`,
        status: "LOGGED_MODEL_READY",
        source_run_id: runId,
      },
      data: {
        params: [{ key: "lr", value: "0.2" }],
        metrics: expect.arrayContaining([
          { key: "acc", value: "NaN", timestamp: 5, step: 0, model_id: b, run_id: runId },
          {
            key: "acc",
            value: 0.8,
            timestamp: 5,
            step: 0,
            dataset_name: "train",
            dataset_digest: "2",
            model_id: b,
            run_id: runId,
          },
        ]),
      },
    },
  ]);
  const wrong = [
    { filter: "metric.acc > 1" },
    { filter: "metrics.acc@min > 1" },
    { filter: "colour = 'x'" },
    { order_by: [{ field_name: "colour" }] },
    { order_by: [{ field_name: "params.lr" }] },
    { datasets: [{ dataset_name: "" }] },
    { page_token: "x" },
  ];
  for (const body of wrong) {
    const reply = await post("logged-models/search", { experiment_ids: [experimentId], ...body });
    expect([body, reply]).toMatchObject([body, { status: 400, error_code: "INVALID_PARAMETER_VALUE" }]);
  }
});
