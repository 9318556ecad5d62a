import { gzipSync } from "node:zlib";
import { expect, vi } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { renderSynthetic } from "#lib/engine/digit/render-synthetic.ts";
import { identitiesOnnx, identityOnnx, sumOnnx } from "#lib/engine/onnx/testing/odd-models.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { newId } from "#lib/platform/ids.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import { predict } from "#lib/serving/predict.ts";
import { predictionLog } from "#lib/serving/prediction-log.ts";
import { digitOnnx, putIntoProduction } from "#lib/testing/digit-model.ts";
import { pgTest } from "#lib/testing/pg.ts";

/** Each model starts a process, which takes seconds on a busy machine. */
vi.setConfig({ testTimeout: 120_000 });

/** Serves this file as a version of `digits`, by the default deployment `digits`. Its access is by key. */
async function serveOnnx(ctx: Ctx, onnx: Uint8Array, version = 1): Promise<void> {
  const { projectId } = ctx;
  const digits = { projectId, name: "digits", modelName: "digits", access: "key", isDefault: true };
  await ctx.db.deployment.create({ data: { id: newId("dep"), ...digits } });
  await putIntoProduction(ctx, version, onnx);
}

/** A deployment of a model that has no version. */
async function deployNothing(ctx: Ctx, name: string): Promise<void> {
  const { projectId } = ctx;
  await ctx.db.deployment.create({ data: { id: newId("dep"), projectId, name, modelName: name, access: "key" } });
}

type Body = string | Uint8Array<ArrayBuffer>;

/** Asks as a key of the context's project, from an address of its own each time. */
async function client(runtime: Runtime, ctx: Ctx) {
  const { app } = openApi(runtime);
  const key = await makeOwnerlessKey(runtime, ctx, ["serving:predict"]);
  let calls = 0;
  const send = async (path: string, body?: Body, headers: Record<string, string> = key) => {
    calls += 1;
    const env = { incoming: { socket: { remoteAddress: `10.8.${calls >> 8}.${calls & 255}` } } };
    const sent = body === undefined ? {} : { method: "POST", body };
    const response = await app.request(path, { headers: { ...key, ...headers }, ...sent }, env);
    const bytes = Buffer.from(await response.arrayBuffer());
    return { status: response.status, headers: response.headers, bytes, text: bytes.toString() };
  };
  return {
    send,
    json: async (path: string, body?: unknown) => {
      const { status, text } = await send(path, body === undefined ? undefined : JSON.stringify(body));
      return { status, body: text === "" ? undefined : JSON.parse(text) };
    },
  };
}

const INFER = "/v2/models/digits/infer";

pgTest("tells what a model takes and gives, by its name and by its version", async ({ runtime, ctx }) => {
  await serveOnnx(ctx, sumOnnx(), 3);
  await deployNothing(ctx, "empty");
  const { json } = await client(runtime, ctx);
  const metadata = {
    ...{ name: "digits", versions: ["3"], platform: "onnxruntime_onnx" },
    inputs: [
      { name: "left side", datatype: "FP32", shape: [-1, 3] },
      { name: "right/side", datatype: "INT64", shape: [-1, 3] },
    ],
    outputs: [
      { name: "sum", datatype: "FP32", shape: [-1, 3] },
      { name: "left, again", datatype: "FP32", shape: [-1, 3] },
    ],
  };
  expect(await json("/v2/models/digits")).toEqual({ status: 200, body: metadata });
  expect(await json("/v2/models/digits/versions/3")).toEqual({ status: 200, body: metadata });
  expect(await json("/v2/models/digits/config")).toMatchObject({
    body: { name: "digits", backend: "onnxruntime", input: [{ data_type: "TYPE_FP32" }, { data_type: "TYPE_INT64" }] },
  });
  for (const path of ["/v2/models/digits/ready", "/v2/models/digits/versions/3/ready", "/v2/health/live"]) {
    expect(await json(path), path).toEqual({ status: 200, body: undefined });
  }
  expect((await json("/v2")).body).toMatchObject({ extensions: expect.arrayContaining(["binary_tensor_data"]) });
  expect((await json("/v2/repository/index", {})).body).toEqual([
    { name: "digits", version: "3", state: "READY", reason: "" },
    { name: "empty", version: "", state: "UNAVAILABLE", reason: "No version of empty is in Production yet." },
  ]);
  for (const [path, status] of [
    ["/v2/models/digits/versions/2", 404],
    ["/v2/models/nothing", 404],
    ["/v2/models/nothing/ready", 404],
    ["/v2/models/empty/ready", 503],
    ["/v2/nothing", 404],
    ["/v2/models/digits/versions/x", 400],
  ] as const) {
    expect(await json(path), path).toEqual({ status, body: { error: expect.stringMatching(/\w{3}/) } });
  }
});

const LEFT = {
  name: "left side",
  shape: [2, 3],
  datatype: "FP32",
  data: [
    [1, 2, 3],
    [4.5, 5, 6],
  ],
};
const RIGHT = { name: "right/side", shape: [2, 3], datatype: "INT64", data: [10, 20, 30, 40, 50, 60] };

pgTest("infers by JSON, nested or flat, and gives the outputs that are asked for", async ({ runtime, ctx }) => {
  await serveOnnx(ctx, sumOnnx());
  const { json } = await client(runtime, ctx);
  const sum = { name: "sum", datatype: "FP32", shape: [2, 3], data: [11, 22, 33, 44.5, 55, 66] };
  const again = { name: "left, again", datatype: "FP32", shape: [2, 3], data: [1, 2, 3, 4.5, 5, 6] };
  expect(await json(INFER, { id: "mine", inputs: [RIGHT, LEFT] })).toEqual({
    status: 200,
    body: { model_name: "digits", model_version: "1", id: "mine", outputs: [sum, again] },
  });
  const one = { inputs: [LEFT, RIGHT], outputs: [{ name: "left, again" }] };
  expect((await json("/v2/models/digits/versions/1/infer", one)).body.outputs).toEqual([again]);
  const stats = (await json("/v2/models/digits/stats")).body.model_stats;
  expect(stats).toMatchObject([
    {
      name: "digits",
      version: "1",
      inference_count: 4,
      inference_stats: { success: { count: 2 }, fail: { count: 0 } },
    },
  ]);
  expect((await json("/v2/models/stats")).body.model_stats).toEqual(stats);
  const metrics = await runtime.metrics.metrics();
  for (const line of [
    'request_predict_seconds_count{model_name="digits"} ',
    'request_preprocess_seconds_count{model_name="digits"} ',
    'request_postprocess_seconds_count{model_name="digits"} ',
    'model_infer_request_success_total{model="digits",version="1"} ',
  ]) {
    expect(metrics).toContain(line);
  }
});

pgTest("every datatype goes there and back, as JSON and as bytes", async ({ runtime, ctx }) => {
  const cases = {
    bool: ["BOOL", [true, false, true], [1, 0, 1]],
    uint8: ["UINT8", [0, 7, 255], [0, 7, 255]],
    uint16: ["UINT16", [0, 7, 65_535], [0, 0, 7, 0, 255, 255]],
    uint32: ["UINT32", [0, 7, 4_294_967_295], [0, 0, 0, 0, 7, 0, 0, 0, 255, 255, 255, 255]],
    uint64: ["UINT64", [0, 1, 2], [0, 1, 2].flatMap((n) => [n, 0, 0, 0, 0, 0, 0, 0])],
    int8: ["INT8", [-128, 0, 127], [128, 0, 127]],
    int16: ["INT16", [-2, 0, 1], [254, 255, 0, 0, 1, 0]],
    int32: ["INT32", [-2, 0, 1], [254, 255, 255, 255, 0, 0, 0, 0, 1, 0, 0, 0]],
    int64: [
      "INT64",
      [-1, 0, 9_007_199_254_740_991],
      [...Array(8).fill(255), ...Array(8).fill(0), ...Array(6).fill(255), 31, 0],
    ],
    float16: ["FP16", [1, -2, 0.5], [0, 0x3c, 0, 0xc0, 0, 0x38]],
    float32: ["FP32", [1, -2, 0.5], [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0, 0x3f]],
    float64: ["FP64", [0.1, -2, 1e300], [...Buffer.from(Float64Array.of(0.1, -2, 1e300).buffer)]],
    string: ["BYTES", ["", "a", "ü"], [0, 0, 0, 0, 1, 0, 0, 0, 97, 2, 0, 0, 0, 195, 188]],
  } as const;
  const types = Object.keys(cases) as (keyof typeof cases)[];
  await serveOnnx(ctx, identitiesOnnx(types, ["N", 3]));
  const { json, send } = await client(runtime, ctx);
  const head = (type: keyof typeof cases) => ({ name: type, shape: [1, 3], datatype: cases[type][0] });
  const asJson = await json(INFER, { inputs: types.map((type) => ({ ...head(type), data: cases[type][1] })) });
  expect(asJson.status, JSON.stringify(asJson.body)).toBe(200);
  expect(asJson.body.outputs).toEqual(
    types.map((type) => ({ ...head(type), name: `got ${type}`, data: cases[type][1] })),
  );

  const inputs = types.map((type) => ({ ...head(type), parameters: { binary_data_size: cases[type][2].length } }));
  const start = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
  const all = types.flatMap((type) => [...cases[type][2]]);
  const body = new Uint8Array(Buffer.concat([start, Buffer.from(all)]));
  const headers = { "Inference-Header-Content-Length": String(start.byteLength) };
  for (const sent of [
    await send(INFER, body, headers),
    await send(INFER, new Uint8Array(gzipSync(body)), { ...headers, "Content-Encoding": "gzip" }),
  ]) {
    expect(sent.status, sent.text).toBe(200);
    expect(sent.headers.get("content-type")).toBe("application/octet-stream");
    const end = Number(sent.headers.get("inference-header-content-length"));
    expect(JSON.parse(sent.bytes.subarray(0, end).toString()).outputs).toEqual(
      inputs.map((input) => ({ ...input, name: `got ${input.name}` })),
    );
    expect([...sent.bytes.subarray(end)]).toEqual(all);
  }
});

pgTest("integers beyond what JSON's numbers hold come out whole, and NaN as null", async ({ runtime, ctx }) => {
  await serveOnnx(ctx, identitiesOnnx(["int64", "float64"], [2]));
  const { send } = await client(runtime, ctx);
  const bytes = Buffer.concat([
    Buffer.from(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n).buffer),
    Buffer.from(Float64Array.of(Number.NaN, -0.5).buffer),
  ]);
  const inputs = [
    { name: "int64", datatype: "INT64", shape: [2], parameters: { binary_data_size: 16 } },
    { name: "float64", datatype: "FP64", shape: [2], parameters: { binary_data_size: 16 } },
  ];
  const start = Buffer.from(JSON.stringify({ inputs }));
  const headers = { "Inference-Header-Content-Length": String(start.byteLength) };
  const { text } = await send(INFER, new Uint8Array(Buffer.concat([start, bytes])), headers);
  expect(text).toContain('"data":[-9223372036854775808,9223372036854775807]');
  expect(text).toContain('"data":[null,-0.5]');
});

pgTest("what does not fit is refused with its place, in the protocol's form", async ({ runtime, ctx }) => {
  await serveOnnx(ctx, sumOnnx());
  const { json, send } = await client(runtime, ctx);
  const cases: [string, unknown, string][] = [
    ["no inputs", {}, "inputs"],
    ["one is missing", { inputs: [LEFT] }, '"right/side" (INT64, shape [-1, 3]) is missing'],
    ["an unknown one", { inputs: [LEFT, RIGHT, { ...LEFT, name: "z" }] }, 'inputs[2]: "z" is not an input'],
    ["one twice", { inputs: [LEFT, RIGHT, LEFT] }, "inputs[2]"],
    ["another type", { inputs: [LEFT, { ...RIGHT, datatype: "INT32" }] }, "inputs[1].datatype: INT32"],
    ["no type", { inputs: [LEFT, { ...RIGHT, datatype: "INT" }] }, "datatype"],
    ["another rank", { inputs: [{ ...LEFT, shape: [6] }, RIGHT] }, "inputs[0].shape: [6]"],
    ["another width", { inputs: [{ ...LEFT, shape: [3, 2] }, RIGHT] }, "inputs[0].shape: [3, 2]"],
    ["too few", { inputs: [{ ...LEFT, data: [1, 2, 3, 4, 5] }, RIGHT] }, "inputs[0].data: 5 elements, not the 6"],
    ["too many", { inputs: [{ ...LEFT, data: Array(7).fill(0) }, RIGHT] }, "inputs[0].data"],
    ["no number", { inputs: [{ ...LEFT, data: [1, 2, "3", 4, 5, 6] }, RIGHT] }, "inputs[0].data[2]: a text"],
    ["no integer", { inputs: [LEFT, { ...RIGHT, data: [1.5, 2, 3, 4, 5, 6] }] }, "inputs[1].data[0]: 1.5"],
    ["no data", { inputs: [{ ...LEFT, data: undefined }, RIGHT] }, "inputs[0].data: absent"],
    [
      "rows that differ",
      {
        inputs: [
          { ...LEFT, shape: [1, 3], data: [1, 2, 3] },
          { ...RIGHT, shape: [2, 3] },
        ],
      },
      "",
    ],
    ["an unknown output", { inputs: [LEFT, RIGHT], outputs: [{ name: "z" }] }, 'outputs[0]: "z" is not an output'],
    ["shared memory", { inputs: [{ ...LEFT, parameters: { shared_memory_region: "r" } }, RIGHT] }, "not supported"],
    [
      "bytes that do not follow",
      { inputs: [{ ...LEFT, data: undefined, parameters: { binary_data_size: 24 } }, RIGHT] },
      "only 0 follow",
    ],
  ];
  for (const [name, body, says] of cases) {
    const reply = await json(INFER, body);
    // Rows that differ are broadcast: the model decides.
    if (name === "rows that differ") expect(reply.status).toBe(200);
    else expect(reply, name).toEqual({ status: 400, body: { error: expect.stringContaining(says) } });
  }
  const raw: [string, Body, Record<string, string>, number][] = [
    ["no JSON", "{", {}, 400],
    ["empty", "", {}, 400],
    ["a length beyond the body", "{}", { "Inference-Header-Content-Length": "9" }, 400],
    [
      "bytes that nobody counts",
      `${JSON.stringify({ inputs: [LEFT, RIGHT] })}abc`,
      { "Inference-Header-Content-Length": String(JSON.stringify({ inputs: [LEFT, RIGHT] }).length) },
      400,
    ],
    ["not packed", "{}", { "Content-Encoding": "gzip" }, 400],
    ["packed otherwise", "{}", { "Content-Encoding": "br" }, 415],
    ["a bomb", new Uint8Array(gzipSync(Buffer.alloc(11 * 2 ** 20))), { "Content-Encoding": "gzip" }, 413],
    ["too much", new Uint8Array(11 * 2 ** 20), {}, 413],
  ];
  for (const [name, body, headers, status] of raw) {
    const reply = await send(INFER, body, headers);
    expect([reply.status, JSON.parse(reply.text)], name).toEqual([status, { error: expect.any(String) }]);
  }
  expect((await json("/v2/models/digits/stats")).body.model_stats[0].inference_stats.fail.count).toBe(
    cases.length - 1 + raw.length,
  );
});

pgTest("digits by their tensors are predictions: the same answers, logged row by row", async ({ runtime, ctx, db }) => {
  await putIntoProduction(ctx, 5, digitOnnx(4));
  const { json } = await client(runtime, ctx);
  const pixels = [...renderSynthetic({ seed: 1, count: 2 }).images];
  const data = pixels.map((value) => value / 255);
  const { body } = await json(INFER, { inputs: [{ name: "image", shape: [2, 28, 28, 1], datatype: "FP32", data }] });
  const rows = [body.outputs[0].data.slice(0, 10), body.outputs[0].data.slice(10)];
  await predictionLog().flush();
  const logged = await db.prediction.findMany({ where: { projectId: ctx.projectId } });
  expect(logged).toHaveLength(2);
  for (const [index, row] of rows.entries()) {
    const answer = await predict(ctx, { pixels: pixels.slice(index * 784, (index + 1) * 784) });
    for (const [label, probability] of answer.probabilities.entries()) expect(row[label]).toBeCloseTo(probability, 4);
    expect(logged).toContainEqual(
      expect.objectContaining({ prediction: answer.prediction, modelVersion: 5, deployment: "digits" }),
    );
  }
});

pgTest(
  "asks for what /predict asks for: the deployment's access, the scope, the key's own bounds",
  async ({ runtime, ctx }) => {
    await serveOnnx(ctx, identityOnnx("float32", [1]));
    const { ask } = openApi(runtime);
    const body = { inputs: [{ name: "x", shape: [1], datatype: "FP32", data: [1] }] };
    const post = async (headers: Record<string, string>) =>
      (await ask(INFER, { method: "post", headers, body })).status;
    const bounded = async (bounds: { models?: string[]; deployments?: string[] }) => {
      const actor = { type: "system", id: "test", scopes: SCOPES } as const;
      const maker = makeCtx(runtime, { actor, projectId: ctx.projectId });
      const { key } = await createApiKey(maker, { name: "bounded", scopes: ["serving:predict"], ...bounds });
      return { Authorization: `Bearer ${key}` };
    };
    expect(await post(await makeOwnerlessKey(runtime, ctx, ["serving:predict"]))).toBe(200);
    expect(await post(await makeOwnerlessKey(runtime, ctx, ["tracking:read"]))).toBe(403);
    const unknown = await ask(INFER, { method: "post", headers: { Authorization: "Bearer ask_none" }, body });
    expect([unknown.status, await unknown.json()]).toEqual([401, { error: expect.any(String) }]);
    // Of another project, whose deployment of this name it would be.
    expect(await post({})).not.toBe(200);
    expect(await post(await bounded({ deployments: ["digits"] }))).toBe(200);
    expect(await post(await bounded({ deployments: ["other"] }))).toBe(404);
    expect(await post(await bounded({ models: ["other"] }))).toBe(404);
    const index = await ask("/v2/repository/index", { method: "post", headers: await bounded({ models: ["other"] }) });
    expect(await index.json()).toEqual([]);
  },
);

pgTest("a file that cannot be loaded is told as that, and costs the server nothing", async ({ runtime, ctx }) => {
  await serveOnnx(ctx, Buffer.from("this is no model at all"));
  const { json } = await client(runtime, ctx);
  const reply = await json(INFER, { inputs: [LEFT] });
  expect(reply).toEqual({ status: 503, body: { error: expect.stringContaining("could not be loaded") } });
  expect(JSON.stringify(reply.body)).not.toMatch(/\.(cc|h|ts|js):\d/);
});
