import zlib from "node:zlib";
import protobuf from "protobufjs/minimal.js";
import { expect, test } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { openFile } from "#lib/tracking/files/open-file.ts";
import { putFile } from "#lib/tracking/files/put-file.ts";
import type { TraceInfo } from "#lib/tracking/store/traces.ts";
import { decodeJsonSpans } from "#lib/tracking/traces/decode-json-spans.ts";
import { decodeSpans } from "#lib/tracking/traces/decode-spans.ts";
import { decodeTraceFile } from "#lib/tracking/traces/decode-trace-file.ts";
import { deleteTraces } from "#lib/tracking/traces/delete-traces.ts";
import { getTrace } from "#lib/tracking/traces/get-traces.ts";
import { logSpans } from "#lib/tracking/traces/log-spans.ts";
import { startTrace } from "#lib/tracking/traces/start-trace.ts";

const ID = "0123456789abcdef0123456789abcdef";
const BYTES = 2;
const FIXED64 = 1;

/** An ExportTraceServiceRequest of one span. */
function request(span: { name: string; parent?: string; id?: string; code?: number; trace?: string; depth?: number }) {
  const { name, parent, id = "00000000000000aa", code = 1, trace = ID, depth = 0 } = span;
  const writer = protobuf.Writer.create();
  const open = (field: number) => writer.uint32((field << 3) | BYTES).fork();
  const bytes = (field: number, hex: string) => writer.uint32((field << 3) | BYTES).bytes(Buffer.from(hex, "hex"));
  const text = (field: number, value: string) => writer.uint32((field << 3) | BYTES).string(value);
  const time = (field: number, millis: number) => {
    const at = BigInt(millis) * 1_000_000n;
    const [low, high] = [Number(at & 0xffffffffn), Number(at >> 32n)];
    writer
      .uint32((field << 3) | FIXED64)
      .fixed32(low)
      .fixed32(high);
  };
  open(1);
  open(2);
  open(2);
  bytes(1, trace);
  bytes(2, id);
  if (parent !== undefined) bytes(4, parent);
  text(5, name);
  time(7, 1_700_000_000_000);
  time(8, 1_700_000_000_250);
  open(9);
  text(1, "k");
  open(2);
  for (let level = 0; level < depth; level += 1) {
    open(5);
    open(1);
  }
  text(1, "a\0b");
  for (let level = 0; level < depth; level += 1) writer.ldelim().ldelim();
  writer.ldelim().ldelim();
  open(15)
    .uint32(3 << 3)
    .int32(code);
  writer.ldelim();
  return writer.ldelim().ldelim().ldelim().finish();
}

test("a span as OTLP sends it becomes JSON of protocol buffers", () => {
  const [span] = decodeSpans(request({ name: "answer", code: 2 }));
  expect(span).toMatchObject({ otelTraceId: ID, id: "00000000000000aa", isRoot: true, name: "answer", failed: true });
  expect(JSON.parse(span?.content ?? "")).toEqual({
    trace_id: Buffer.from(ID, "hex").toString("base64"),
    span_id: "AAAAAAAAAKo=",
    name: "answer",
    start_time_unix_nano: "1700000000000000000",
    end_time_unix_nano: "1700000000250000000",
    attributes: [{ key: "k", value: { string_value: "a\uFFFDb" } }],
    events: [],
    links: [],
    status: { code: 2 },
  });
});

test("what is no such request is refused, whatever it is cut to", () => {
  const whole = request({ name: "answer" });
  for (let length = 0; length < whole.length; length += 1) {
    expect(() => decodeSpans(whole.subarray(0, length)), `${length} bytes`).toThrow(/Invalid OpenTelemetry format/);
  }
  expect(() => decodeSpans(request({ name: "x", trace: "00" }))).toThrow(/trace_id of 16 bytes/);
  expect(() => decodeSpans(request({ name: "x", id: "00" }))).toThrow(/span_id of 8 bytes/);
  expect(decodeSpans(request({ name: "x", depth: 20 }))).toHaveLength(1);
  expect(() => decodeSpans(request({ name: "x", depth: 60 }))).toThrow(/nested/);
});

const TOLD: Omit<TraceInfo, "experimentId"> = {
  ...{ id: `tr-${ID}`, requestedAt: 1_700_000_000_000, durationMs: 500, state: "OK", metadata: { a: "1" } },
  ...{ requestPreview: "who", responsePreview: null, clientRequestId: null, tags: { lang: "de" } },
};

pgTest("what the client tells counts more than what its spans show, in either order", async ({ ctx }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const told = { ...TOLD, experimentId };
  const spans = decodeSpans(request({ name: "answer", code: 2 }));
  const read = async (id: string) => JSON.parse(await getTrace(ctx, { id, spans: true }));
  await logSpans(ctx, { experimentId, spans });
  expect(await read(told.id)).toMatchObject({
    trace_info: { state: "ERROR", execution_duration: "0.250s", tags: { "mlflow.traceName": "answer" } },
  });
  await startTrace(ctx, told);
  await logSpans(ctx, { experimentId, spans });
  const trace = await read(told.id);
  expect(trace.spans).toHaveLength(1);
  expect(trace.trace_info).toEqual({
    trace_id: told.id,
    trace_location: { type: "MLFLOW_EXPERIMENT", mlflow_experiment: { experiment_id: experimentId } },
    request_preview: "who",
    request_time: "2023-11-14T22:13:20.000Z",
    execution_duration: "0.500s",
    state: "OK",
    trace_metadata: { a: "1" },
    tags: {
      lang: "de",
      "mlflow.traceName": "answer",
      "mlflow.trace.spansLocation": "TRACKING_STORE",
      "mlflow.artifactLocation": `mlflow-artifacts:/${experimentId}/traces/${told.id}/artifacts`,
    },
  });
});

/** The same span in OTLP's JSON. Its times are more than a double holds. */
const OTLP_JSON = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"${ID}","spanId":"00000000000000AA",
  "name":"answer","kind":1,"startTimeUnixNano":1700000000000000001,"endTimeUnixNano":"1700000000250000003",
  "attributes":[{"key":"k","value":{"arrayValue":{"values":[{"intValue":"7"},{"stringValue":"a"},{"boolValue":true},
    {"doubleValue":"NaN"},{"kvlistValue":{"values":[{"key":"n","value":{}}]}}]}}}],
  "events":[{"name":"exception","timeUnixNano":"1700000000100000000"}],"status":{"code":2}}]}]}]}`;
const CONTENT = {
  ...{ trace_id: Buffer.from(ID, "hex").toString("base64"), span_id: "AAAAAAAAAKo=", name: "answer", kind: 1 },
  start_time_unix_nano: "1700000000000000001",
  end_time_unix_nano: "1700000000250000003",
  attributes: [
    {
      key: "k",
      value: {
        array_value: {
          values: [
            ...[{ int_value: "7" }, { string_value: "a" }, { bool_value: true }, { double_value: "NaN" }],
            { kvlist_value: { values: [{ key: "n", value: {} }] } },
          ],
        },
      },
    },
  ],
  events: [{ time_unix_nano: "1700000000100000000", name: "exception", attributes: [] }],
  links: [],
  status: { code: 2 },
};

test("a span in OTLP's JSON becomes the same as in protocol buffers", () => {
  const [span] = decodeJsonSpans(Buffer.from(OTLP_JSON));
  expect(span).toMatchObject({ otelTraceId: ID, id: "00000000000000aa", isRoot: true, failed: true });
  expect(JSON.parse(span?.content ?? "")).toEqual(CONTENT);
});

const jsonOf = (span: object) => Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }));
const ids = { traceId: ID, spanId: "00000000000000aa" };
const nested = (depth: number): object =>
  depth === 0 ? { stringValue: "x" } : { arrayValue: { values: [nested(depth - 1)] } };

test.each([
  ["no JSON", Buffer.from("{"), /not an ExportTraceServiceRequest/],
  ["a text", Buffer.from('"x"'), /not an ExportTraceServiceRequest/],
  ["nothing", Buffer.from("{}"), /no spans found/],
  ["no ids", jsonOf({ name: "x" }), /trace_id of 16 bytes/],
  ["an id that is not hex", jsonOf({ ...ids, traceId: "zz" }), /traceId/],
  ["a time that is none", jsonOf({ ...ids, startTimeUnixNano: "soon" }), /startTimeUnixNano/],
  ["a time too late", jsonOf({ ...ids, startTimeUnixNano: "9".repeat(20) }), /2262/],
  ["an attribute that is none", jsonOf({ ...ids, attributes: ["k"] }), /KeyValue/],
  ["a value that is none", jsonOf({ ...ids, attributes: [{ key: "k", value: 5 }] }), /AnyValue/],
  ["a number that is none", jsonOf({ ...ids, attributes: [{ key: "k", value: { intValue: "x" } }] }), /intValue/],
  ["values too deep", jsonOf({ ...ids, attributes: [{ key: "k", value: nested(60) }] }), /nested/],
])("refused in OTLP's JSON: %s", (_, body, problem) => {
  expect(() => decodeJsonSpans(body)).toThrow(problem);
});

/** As MLflow's client before 3.4 writes it: attributes are texts of JSON. */
const TRACE_FILE = `{"spans":[{"trace_id":"${CONTENT.trace_id}","span_id":"${CONTENT.span_id}","parent_span_id":null,
  "name":"answer","start_time_unix_nano":1700000000000000001,"end_time_unix_nano":1700000000250000003,
  "events":[],"status":{"code":"STATUS_CODE_ERROR","message":"no"},
  "attributes":{"mlflow.spanInputs":"{\\"question\\": \\"who\\"}","k":"3","plain":"as it is"}}]}`;

test("a span of a traces.json becomes what OTLP would have sent", () => {
  const [span] = decodeTraceFile(Buffer.from(TRACE_FILE));
  expect(span).toMatchObject({ otelTraceId: ID, isRoot: true, failed: true });
  expect(JSON.parse(span?.content ?? "")).toMatchObject({
    start_time_unix_nano: "1700000000000000001",
    status: { code: 2, message: "no" },
    attributes: [
      {
        key: "mlflow.spanInputs",
        value: { kvlist_value: { values: [{ key: "question", value: { string_value: "who" } }] } },
      },
      { key: "k", value: { int_value: "3" } },
      { key: "plain", value: { string_value: "as it is" } },
    ],
  });
  expect(() => decodeTraceFile(Buffer.from("[]"))).toThrow(/not a traces.json/);
});

pgTest("OTLP comes packed or not, as protobuf or JSON, and what is not so is refused", async ({ runtime, ctx }) => {
  const { ask } = openApi(runtime);
  const key = await makeOwnerlessKey(runtime, ctx);
  const { id } = await ensureExperiment(ctx, { name: "traces" });
  const send = async (body: Uint8Array, headers: Record<string, string>) => {
    const all = { ...key, "x-mlflow-experiment-id": id, ...headers };
    const reply = await ask("/v1/traces", { method: "post", headers: all, body });
    return reply.status === 200 ? 200 : `${reply.status} ${(await reply.json()).message}`;
  };
  const [proto, json] = [{ "Content-Type": "application/x-protobuf" }, { "Content-Type": "application/json" }];
  const whole = Buffer.from(request({ name: "packed" }));
  const one = Buffer.from(OTLP_JSON);
  expect(await send(zlib.gzipSync(whole), { ...proto, "content-encoding": "gzip" })).toBe(200);
  expect(await send(zlib.deflateSync(one), { ...json, "content-encoding": "deflate" })).toBe(200);
  expect(await send(one, json)).toBe(200);
  expect(JSON.parse(await getTrace(ctx, { id: `tr-${ID}`, spans: true })).spans).toEqual([CONTENT]);
  expect(await send(whole, { ...proto, "content-encoding": "gzip" })).toMatch(/^400 .*packed/);
  expect(await send(whole, { ...proto, "content-encoding": "br" })).toMatch(/^400 .*protobuf or JSON/);
  expect(await send(whole, { "Content-Type": "text/plain" })).toMatch(/^400 .*protobuf or JSON/);
  const bomb = zlib.gzipSync(Buffer.alloc(11 * 1024 * 1024));
  expect(await send(bomb, { ...proto, "content-encoding": "gzip" })).toMatch(/^400 .*too large/);
});

pgTest("the size of a trace is counted, a span that comes again once", async ({ ctx, db }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const [first, again, second] = ["a", "longer", "b"].map((name, index) =>
    decodeSpans(request({ name, id: `00000000000000a${index === 2 ? 1 : 0}` })),
  );
  for (const spans of [first, again, second]) await logSpans(ctx, { experimentId, spans: spans ?? [] });
  const trace = await db.trace.findFirstOrThrow({ where: { projectId: ctx.projectId } });
  const stored = [...(again ?? []), ...(second ?? [])].map(({ content }) => Buffer.byteLength(content));
  expect([trace.spanCount, trace.spanBytes]).toEqual([2, BigInt(stored.reduce((a, b) => a + b, 0))]);
  await db.trace.updateMany({ where: { projectId: ctx.projectId }, data: { spanCount: 50_000 } });
  await logSpans(ctx, { experimentId, spans: first ?? [] });
  const third = decodeSpans(request({ name: "c", id: "00000000000000a9" }));
  await expect(logSpans(ctx, { experimentId, spans: third })).rejects.toMatchObject({ kind: "too_large" });
  expect(await db.traceSpan.count({ where: { projectId: ctx.projectId } })).toBe(2);
});

pgTest(
  "files of a trace go by the artifact proxy, and traces.json brings its spans",
  async ({ runtime, ctx, make }) => {
    const { ask } = openApi(runtime);
    const headers = await makeOwnerlessKey(runtime, ctx);
    const stranger = await make.ctx({ projectId: `${ctx.projectId}-b` });
    const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
    await startTrace(ctx, { ...TOLD, experimentId });
    const at = `/api/2.0/mlflow-artifacts/artifacts/${experimentId}/traces/${TOLD.id}/artifacts`;
    const send = async (method: string, path: string, as: Record<string, string>, text?: string) =>
      ask(path, { method, headers: as, ...(text !== undefined && { body: Buffer.from(text) }) });
    expect((await send("put", `${at}/traces.json`, headers, TRACE_FILE)).status).toBe(200);
    expect(await (await send("get", `${at}/traces.json`, headers)).text()).toBe(TRACE_FILE);
    expect(JSON.parse(await getTrace(ctx, { id: TOLD.id, spans: true })).spans).toHaveLength(1);
    const other = TRACE_FILE.replace(CONTENT.trace_id, Buffer.alloc(16, 1).toString("base64"));
    expect((await send("put", `${at}/traces.json`, headers, other)).status).toBe(400);
    expect((await send("put", `${at}/traces.json`, headers, "{}")).status).toBe(400);
    expect((await send("put", `${at}/attachments/a1`, headers, "bytes")).status).toBe(200);
    expect((await send("put", `${at}/../x`, headers, "bytes")).status).toBeGreaterThanOrEqual(400);
    const attachment = { of: { kind: "trace" as const, id: TOLD.id, experimentId }, path: "attachments/a1" };
    await expect(openFile(stranger, attachment)).rejects.toMatchObject({ kind: "not_found" });
    const taken = putFile(stranger, { ...attachment, source: Buffer.from("taken over") });
    await expect(taken).rejects.toMatchObject({ kind: "not_found" });
    expect((await send("put", `${at.replace(experimentId, "999")}/a`, headers, "bytes")).status).toBe(404);
    expect(await (await send("get", `${at}/attachments/a1`, headers)).text()).toBe("bytes");
    await deleteTraces(ctx, { experimentId, doomed: { ids: [TOLD.id] } });
    expect((await send("get", `${at}/attachments/a1`, headers)).status).toBe(404);
  },
);

pgTest("an id is each project's own, and an experiment's", async ({ ctx, make }) => {
  const other = await make.ctx({ projectId: `${ctx.projectId}-b` });
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const { id: elsewhere } = await ensureExperiment(ctx, { name: "elsewhere" });
  const { id: theirs } = await ensureExperiment(other, { name: "traces" });
  await startTrace(ctx, { ...TOLD, experimentId });
  await expect(getTrace(other, { id: TOLD.id, spans: false })).rejects.toMatchObject({ kind: "not_found" });
  await startTrace(other, { ...TOLD, experimentId: theirs, requestPreview: "theirs" });
  expect(JSON.parse(await getTrace(ctx, { id: TOLD.id, spans: false }))).toMatchObject({ request_preview: "who" });
  await expect(startTrace(ctx, { ...TOLD, experimentId: theirs })).rejects.toMatchObject({ kind: "not_found" });
  await expect(startTrace(ctx, { ...TOLD, experimentId: elsewhere })).rejects.toMatchObject({
    code: "trace_elsewhere",
  });
});

pgTest("over the wire: tags, search and deletion", async ({ runtime, ctx, db, make }) => {
  const { ask } = openApi(runtime);
  const headers = await makeOwnerlessKey(runtime, ctx);
  const { id: experiment } = await ensureExperiment(ctx, { name: "traces" });
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await ask(path, { method, headers, body });
    return { status: reply.status, body: await reply.json() };
  };
  const locations = [{ mlflow_experiment: { experiment_id: experiment } }];
  const tags = `/api/2.0/mlflow/traces/${TOLD.id}/tags`;
  const remove = "/api/2.0/mlflow/traces/delete-traces";
  await startTrace(ctx, { ...TOLD, experimentId: experiment });
  expect((await call("patch", tags, { key: "b.c", value: "2" })).body).toEqual({});
  const search = (filter: string) => call("post", "/api/3.0/mlflow/traces/search", { locations, filter });
  expect((await search("tags.`b.c` = '2' AND metadata.a = '1' AND end_time_ms > 0")).body.traces).toHaveLength(1);
  expect((await search("metadata.a IS NULL")).body).toEqual({});
  expect((await search("span.colour = 'x'")).status).toBe(400);
  expect((await search("span.attributes.k = 'x' OR trace.text LIKE '%x%'")).body).toEqual({});
  expect((await call("delete", tags, { key: "b.c" })).status).toBe(200);
  expect((await call("delete", tags, { key: "b.c" })).status).toBe(404);
  for (const key of ["mlflow.artifactLocation", "mlflow.trace.spansLocation"]) {
    expect((await call("patch", tags, { key, value: "file:///etc" })).status).toBe(400);
    expect((await call("delete", tags, { key })).status).toBe(400);
  }
  expect((await call("post", remove, { experiment_id: experiment })).status).toBe(400);
  const { id: theirs } = await ensureExperiment(await make.ctx({ projectId: `${ctx.projectId}-b` }), {
    name: "traces",
  });
  expect((await call("post", remove, { experiment_id: theirs, request_ids: [TOLD.id] })).status).toBe(404);
  const gone = { experiment_id: experiment, request_ids: [TOLD.id] };
  expect((await call("post", remove, gone)).body).toEqual({ traces_deleted: 1 });
  expect((await call("post", remove, gone)).body).toEqual({ traces_deleted: 0 });
  const subject = `experiment:${experiment}`;
  expect(await db.auditEvent.count({ where: { subject, action: "trace.delete" } })).toBe(1);
});
