import protobuf from "protobufjs/minimal.js";
import { expect, test } from "vitest";
import { makeOwnerlessKey, openApi } from "#lib/api/testing/open-api.ts";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import type { TraceInfo } from "#lib/tracking/store/traces.ts";
import { decodeSpans } from "#lib/tracking/traces/decode-spans.ts";
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
  const body = request({ name: "answer", code: 2 });
  const read = async (id: string) => JSON.parse(await getTrace(ctx, { id, spans: true }));
  await logSpans(ctx, { experimentId, body });
  expect(await read(told.id)).toMatchObject({
    trace_info: { state: "ERROR", execution_duration: "0.250s", tags: { "mlflow.traceName": "answer" } },
  });
  await startTrace(ctx, told);
  await logSpans(ctx, { experimentId, body });
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
    tags: { lang: "de", "mlflow.traceName": "answer", "mlflow.trace.spansLocation": "TRACKING_STORE" },
  });
});

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
  expect((await search("span.name = 'x'")).status).toBe(400);
  expect((await call("delete", tags, { key: "b.c" })).status).toBe(200);
  expect((await call("delete", tags, { key: "b.c" })).status).toBe(404);
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
