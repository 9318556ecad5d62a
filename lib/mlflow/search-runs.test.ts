import { expect } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { logMetrics } from "#lib/tracking/log-metrics.ts";

interface Found {
  runs?: {
    info: { run_id: string; run_name: string; status: string; end_time?: number };
    data: { metrics?: { key: string; value: number | string }[]; params?: object[]; tags?: object[] };
    inputs: object;
  }[];
  next_page_token?: string;
  error_code?: string;
  message?: string;
}

/** Runs a to e, started one second after another, and one that is deleted. */
async function makeScene(ctx: Ctx) {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "search" });
  const make = async (name: string, more: { params?: object; tags?: object; loss?: number[] }) => {
    const run = await createRun(ctx, {
      name,
      experimentId,
      status: "RUNNING",
      startedAt: new Date(1_700_000_000_000 + name.charCodeAt(0) * 1_000),
      params: { ...more.params },
      tags: { ...more.tags },
    });
    const points = (more.loss ?? []).map((value, step) => ({ key: "loss", step, at: step, value }));
    if (points.length > 0) await logMetrics(ctx, { runId: run.id, points });
    return run.id;
  };
  const ids = {
    a: await make("a", { params: { lr: "0.1", opt: "adam" }, tags: { team: "red" }, loss: [0.9, 0.1, 0.5] }),
    b: await make("b", {
      params: { lr: "0.01", opt: "SGD" },
      tags: { team: "blue", "odd key/x": 'it\'s "so"' },
      loss: [0.3],
    }),
    c: await make("c", { params: { lr: "0.1" }, loss: [0.2, Number.NaN] }),
    d: await make("d", { tags: { team: "red_1" }, loss: [Number.POSITIVE_INFINITY] }),
    e: await make("e", {}),
    gone: await make("gone", { tags: { team: "red" } }),
  };
  await deleteRun(ctx, { id: ids.gone });
  await querySql(ctx, "UPDATE run SET status = 'CANCELLED', ended_at = started_at + interval '5 s' WHERE id = $1", [
    ids.b,
  ]);
  await querySql(ctx, "UPDATE run SET status = 'QUEUED', user_id = 'someone' WHERE id = $1", [ids.c]);
  const [set] = await querySql<{ id: string }>(
    ctx,
    `INSERT INTO input_dataset (project_id, experiment_id, name, digest, source_type, source)
     VALUES ($1, $2::bigint, 'digits', 'abc', 'local', '{}') RETURNING id::text`,
    [ctx.projectId, experimentId],
  );
  await querySql(ctx, `INSERT INTO run_input VALUES ($1, $2::bigint, '{"mlflow.data.context": "train"}')`, [
    ids.a,
    set?.id,
  ]);
  return { experimentId, ids };
}

pgTest("every operator on every kind of field", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId, ids } = await makeScene(ctx);
  const found = async (filter: string) => {
    const body = { experiment_ids: [experimentId], filter, order_by: ["run_name"] };
    const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
    const reply = (await response.json()) as Found;
    expect([filter, response.status, reply.message]).toEqual([filter, 200, undefined]);
    return (reply.runs ?? []).map(({ info }) => info.run_name).join("");
  };
  const cases: [filter: string, names: string][] = [
    ["", "abcde"],
    ["AND", "abcde"],
    ["metrics.loss < 0.4", "b"],
    ["metrics.loss <= 0.5", "ab"],
    ["metrics.loss > 0.4", "ad"],
    ["metrics.loss >= 0.5", "ad"],
    ["metrics.loss = 0.5", "a"],
    // NaN is unlike every number.
    ["metrics.loss != 0.5", "bcd"],
    ["metrics.loss@last < 0.4", "b"],
    ["metrics.loss@min < 0.25", "ac"],
    ["metrics.loss@max >= 0.9", "a"],
    ["metrics.other > 0", ""],
    ["params.lr = '0.1'", "ac"],
    ["params.lr != '0.1'", "b"],
    ["parameters.opt LIKE '%D%'", "b"],
    ["param.opt ilike '%D%'", "ab"],
    ["params.opt IN ('adam', 'x')", "a"],
    ["params.opt NOT IN ('adam', 'x')", "b"],
    ["params.opt IS NULL", "cde"],
    ["params.opt IS NOT NULL", "ab"],
    ["tags.team = 'red'", "a"],
    ["tag.team != 'red'", "bd"],
    ["tags.team LIKE 'red_1'", "d"],
    ["tags.team LIKE 'red%'", "ad"],
    ["tags.team LIKE '\\%'", ""],
    ["tags.team IS NULL", "ce"],
    ["tags.`odd key/x` = 'it''s \"so\"'", "b"],
    [`run_id = '${ids.a}'`, "a"],
    [`run_id != '${ids.a}'`, "bcde"],
    [`attributes.run_id IN ('${ids.a}', '${ids.e}')`, "ae"],
    [`run_id NOT IN ('${ids.a}', '${ids.e}')`, "bcd"],
    [`run_id LIKE '${ids.a.slice(0, 20)}%'`, "a"],
    ["run_name = 'b'", "b"],
    ["attr.\"run name\" IN ('b', 'c')", "bc"],
    ["attributes.`Run Name` ILIKE 'B'", "b"],
    ["status = 'RUNNING'", "ade"],
    ["status = 'KILLED'", "b"],
    ["run.status = 'SCHEDULED'", "c"],
    ["status != 'RUNNING'", "bc"],
    ["user_id = 'someone'", "c"],
    [`artifact_uri = 'mlflow-artifacts:/${experimentId}/${ids.d}/artifacts'`, "d"],
    [`start_time < ${1_700_000_000_000 + 98_000}`, "a"],
    [`created >= ${1_700_000_000_000 + 100_000}`, "de"],
    [`end_time = ${1_700_000_000_000 + 103_000}`, "b"],
    ["end_time > 0", "b"],
    ["dataset.name = 'digits'", "a"],
    ["datasets.digest IN ('abc')", "a"],
    ["dataset.context LIKE 'tr%'", "a"],
    ["dataset.context = 'test'", ""],
    ["metrics.loss = 0.5 AND tags.team = 'red'", "a"],
    ["metrics.loss = 0.5 OR tags.team = 'blue'", "ab"],
    ["(params.lr = '0.1' OR tags.team = 'blue') AND (metrics.loss@min < 0.25 or status = 'KILLED')", "abc"],
    ["tags.team = 'x'' OR ''1'' = ''1'", ""],
  ];
  for (const [filter, names] of cases) expect([filter, await found(filter)]).toEqual([filter, names]);
});

pgTest("values are told apart that differ only beyond what the index holds", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { id: experimentId } = await ensureExperiment(ctx, { name: "long" });
  const start = "ü".repeat(99);
  const values = [start, `${start}a`, `${start}ab`, `${start}ac`, "🙂".repeat(99), "🙂".repeat(100), "🙂".repeat(101)];
  for (const [index, value] of values.entries()) {
    await createRun(ctx, { name: String(index), experimentId, params: { p: value }, tags: { t: value } });
  }
  const found = async (filter: string) => {
    const body = { experiment_ids: [experimentId], filter, order_by: ["run_name"] };
    const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
    const { runs = [] } = (await response.json()) as Found;
    return runs.map(({ info }) => info.run_name).join("");
  };
  for (const [index, value] of values.entries()) {
    expect(await found(`params.p = '${value}'`)).toBe(String(index));
    expect(await found(`tags.t = '${value}'`)).toBe(String(index));
  }
  expect(await found(`params.p IN ('${values[0]}', 'none')`)).toBe("0");
  expect(await found(`params.p IN ('${values[0]}', '${values[3]}')`)).toBe("03");
});

pgTest("orders, with what has no value last and ties by start and id", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId } = await makeScene(ctx);
  const cases: [orderBy: string[], names: string][] = [
    [[], "edcba"],
    [["metrics.loss"], "badce"],
    [["metrics.loss DESC"], "dabce"],
    [["metrics.loss@min ASC"], "acbed"],
    [["params.lr"], "bcaed"],
    [["params.lr DESC", "run_name DESC"], "cabed"],
    [["tags.team"], "badec"],
    [["status DESC", "attributes.start_time ASC"], "cadeb"],
    [["end_time"], "bedca"],
    [["created ASC"], "abcde"],
    [["attribute.run_name DESC"], "edcba"],
  ];
  for (const [orderBy, names] of cases) {
    for (const limit of [1_000, 2, 1]) {
      let token: string | undefined;
      let all = "";
      do {
        const body = { experiment_ids: [experimentId], order_by: orderBy, max_results: limit, page_token: token };
        const response = await ask("/ajax-api/2.0/mlflow/runs/search", { method: "post", headers, body });
        const page = (await response.json()) as Found;
        expect([orderBy, limit, response.status, page.message]).toEqual([orderBy, limit, 200, undefined]);
        all += (page.runs ?? []).map(({ info }) => info.run_name).join("");
        token = page.next_page_token;
      } while (token !== undefined);
      expect([orderBy, limit, all]).toEqual([orderBy, limit, names]);
    }
  }
});

pgTest("the runs found say what a run's own page says", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId, ids } = await makeScene(ctx);
  await withTransaction(ctx, (tx) =>
    querySql(tx, "UPDATE run SET name = $2 WHERE id = $1", [ids.d, '"quoted" \\ \u2028 \n ü']),
  );
  const body = { experiment_ids: [experimentId, "999999"], run_view_type: "ALL" };
  const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
  const { runs = [] } = (await response.json()) as Found;
  expect(runs).toHaveLength(6);
  const sorted = (list: object[] | undefined) => list?.map((one) => JSON.stringify(one)).sort();
  for (const run of runs) {
    const own = await ask(`/api/2.0/mlflow/runs/get?run_id=${run.info.run_id}`, { headers });
    const { run: alone } = (await own.json()) as { run: (typeof runs)[number] };
    for (const list of ["metrics", "params", "tags"] as const) {
      expect(sorted(run.data[list])).toEqual(sorted(alone.data[list]));
    }
    expect({ ...run, data: {} }).toEqual({ ...alone, data: {} });
  }
});

pgTest("views of active, deleted and all runs", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId } = await makeScene(ctx);
  const counts = ["ACTIVE_ONLY", "DELETED_ONLY", "ALL", 2, null].map(async (view) => {
    const body = { experiment_ids: [experimentId], run_view_type: view };
    const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
    return ((await response.json()) as Found).runs?.length;
  });
  expect(await Promise.all(counts)).toEqual([5, 1, 6, 1, 5]);
});

pgTest("what cannot be understood is refused in the protocol's words", async ({ runtime, ctx, make }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId } = await makeScene(ctx);
  const search = async (more: object) => {
    const body = { experiment_ids: [experimentId], ...more };
    const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
    return { status: response.status, ...((await response.json()) as Found) };
  };
  const page = await search({ max_results: 2 });
  const token = page.next_page_token ?? "";
  const [digest, start, id] = JSON.parse(Buffer.from(token, "base64url").toString()) as string[];
  const changed = Buffer.from(JSON.stringify([digest, String(Number(start) + 1), id])).toString("base64url");
  const wrong: object[] = [
    { filter: "foo.a = 1" },
    { filter: "tags.a = 'x'); DROP TABLE run; --" },
    { filter: "run_id IN ()" },
    { order_by: ["metrics.loss; SELECT 1"] },
    { order_by: ["run_id, (SELECT 1)"] },
    { order_by: ["start_time", "created DESC"] },
    { max_results: 0 },
    { max_results: 50_001 },
    { experiment_ids: ["1 OR 1=1"] },
    { run_view_type: "SOME" },
    { page_token: "x" },
    { page_token: Buffer.from('{"offset": 1}').toString("base64") },
    { page_token: token, filter: "metrics.loss < 1" },
    { page_token: token, order_by: ["run_id"] },
    { page_token: changed },
  ];
  for (const more of wrong) {
    const { status, error_code } = await search(more);
    expect([more, status, error_code]).toEqual([more, 400, "INVALID_PARAMETER_VALUE"]);
  }
  expect(await search({ page_token: token, max_results: 3 })).toMatchObject({ status: 200 });
  const stranger = await makeOwnerlessKey(runtime, await make.ctx({ projectId: (await otherProject(ctx)).id }));
  const body = { experiment_ids: [experimentId], page_token: token };
  const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers: stranger, body });
  expect(response.status).toBe(400);
  const none = { experiment_ids: [experimentId] };
  const empty = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers: stranger, body: none });
  expect(await empty.json()).toEqual({});
});

pgTest("text that means harm in keys and values is only text", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { experimentId } = await makeScene(ctx);
  const harm = [
    "'; DROP TABLE run; --",
    "$1",
    "%",
    "\\",
    "') OR 1=1 --",
    "{}",
    "/*",
    "\u2028",
    "NaN",
    "x".repeat(9_000),
  ];
  for (const text of harm) {
    const quoted = text.replaceAll("'", "''");
    const key = text.replaceAll("`", "");
    for (const filter of [
      ...[
        `tags.\`${key}\` = 'x'`,
        `params.a = '${quoted}'`,
        `tags.team LIKE '${quoted}x'`,
        `run_name IN ('${quoted}')`,
      ],
      ...[`metrics.\`${key}\` > 1`, `status ILIKE '${quoted}x'`, `dataset.context = '${quoted}'`],
    ]) {
      const body = { experiment_ids: [experimentId], filter, order_by: key.length < 1_000 ? [`tags.\`${key}\``] : [] };
      const response = await ask("/api/2.0/mlflow/runs/search", { method: "post", headers, body });
      expect([filter.slice(0, 80), response.status, await response.json()]).toEqual([filter.slice(0, 80), 200, {}]);
    }
  }
});

async function otherProject(ctx: Ctx): Promise<{ id: string }> {
  const id = `other-${ctx.projectId}`;
  return ctx.db.project.create({ data: { id, name: id } });
}
