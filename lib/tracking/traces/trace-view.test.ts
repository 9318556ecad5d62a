import { expect } from "vitest";
import { pgTest } from "#lib/testing/pg.ts";
import { ensureExperiment } from "#lib/tracking/create-experiment.ts";
import { decodeJsonSpans } from "#lib/tracking/traces/decode-json-spans.ts";
import { getSpan } from "#lib/tracking/traces/get-span.ts";
import { getTraceView } from "#lib/tracking/traces/get-trace-view.ts";
import { listTraces } from "#lib/tracking/traces/list-traces.ts";
import { logSpans } from "#lib/tracking/traces/log-spans.ts";
import { startTrace } from "#lib/tracking/traces/start-trace.ts";

const value = (key: string, given: object) => ({ key, value: given });
const ROOT = {
  ...{ spanId: "00000000000000a1", name: "it's an answer", startTimeUnixNano: "1000000000" },
  endTimeUnixNano: "1500000000",
  attributes: [
    value("mlflow.spanType", { stringValue: "CHAIN" }),
    value("mlflow.spanInputs", { kvlistValue: { values: [value("question", { stringValue: "who" })] } }),
    value("big", { intValue: "9007199254740993" }),
    value("list", { arrayValue: { values: [{ intValue: "1" }, { boolValue: true }, {}] } }),
  ],
  events: [{ name: "exception", timeUnixNano: "1250000000" }],
  status: { code: 2, message: "no answer" },
};
const CHILD = {
  ...{ spanId: "00000000000000a2", parentSpanId: ROOT.spanId, name: "below", startTimeUnixNano: "1100000500" },
};

function spansOf(traceId: string, ...given: object[]) {
  const spans = given.map((span) => ({ traceId, ...span }));
  return decodeJsonSpans(Buffer.from(JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] })));
}

pgTest("a trace as a page shows it: its tree, and one span at a time", async ({ ctx, make }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const otelId = "1b".repeat(16);
  await logSpans(ctx, { experimentId, spans: spansOf(otelId, CHILD, ROOT) });
  const view = await getTraceView(ctx, { id: `tr-${otelId}` });
  expect(view).toMatchObject({ name: ROOT.name, state: "ERROR", durationMs: 500, spanCount: 2, tags: {} });
  expect(view.spans).toMatchObject([
    { id: ROOT.spanId, parentId: null, type: "CHAIN", status: "ERROR", depth: 0, offsetMs: 0, durationMs: 500 },
    {
      id: CHILD.spanId,
      parentId: ROOT.spanId,
      type: null,
      status: "UNSET",
      depth: 1,
      offsetMs: 100.0005,
      durationMs: null,
    },
  ]);
  const one = { traceId: view.id, id: ROOT.spanId };
  expect(await getSpan(ctx, one)).toEqual({
    inputs: '{\n  "question": "who"\n}',
    outputs: null,
    message: "no answer",
    attributes: [
      { key: "big", text: "9007199254740993" },
      { key: "list", text: "[\n  1,\n  true,\n  null\n]" },
    ],
    events: [{ name: "exception", offsetMs: 250, attributes: [] }],
  });
  const other = await make.ctx({ projectId: `${ctx.projectId}-b` });
  await expect(getTraceView(other, { id: view.id })).rejects.toMatchObject({ kind: "not_found" });
  await expect(getSpan(other, one)).rejects.toMatchObject({ kind: "not_found" });
});

pgTest("the list finds by words or by a filter, and pages", async ({ ctx, make }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const { id: elsewhere } = await ensureExperiment(ctx, { name: "elsewhere" });
  const hex = (at: number) => String(at).padStart(32, "0");
  for (let at = 1; at <= 52; at += 1) {
    const times = { startTimeUnixNano: `${at}000000000`, endTimeUnixNano: `${at}500000000`, status: { code: 1 } };
    await logSpans(ctx, { experimentId, spans: spansOf(hex(at), { ...ROOT, ...times, name: `call ${at}` }) });
  }
  await logSpans(ctx, { experimentId: elsewhere, spans: spansOf(hex(99), ROOT) });
  const names = async (query: Parameters<typeof listTraces>[1]) =>
    (await listTraces(ctx, query)).items.map(({ name }) => name);
  const first = await listTraces(ctx, {});
  expect(first.items.map(({ name }) => name).slice(0, 2)).toEqual(["call 52", "call 51"]);
  expect(first.items).toHaveLength(50);
  expect(await names({ cursor: first.nextCursor })).toHaveLength(3);
  expect(await names({ q: "CALL 51" })).toEqual(["call 51"]);
  expect(await names({ q: "it's" })).toEqual([ROOT.name]);
  expect(await names({ q: `tr-${hex(7)}` })).toEqual(["call 7"]);
  expect(await names({ q: "name = 'call 3' OR name = 'call 4'", state: "OK" })).toEqual(["call 4", "call 3"]);
  expect(await names({ q: "name = 'call 3' OR name = 'call 4'", state: "ERROR" })).toEqual([]);
  expect(await names({ experimentId: elsewhere })).toEqual([ROOT.name]);
  expect(await names({ runId: "none" })).toEqual([]);
  await expect(listTraces(ctx, { q: "tags.lang = de" })).rejects.toMatchObject({ kind: "invalid" });
  await expect(listTraces(ctx, { q: "call", cursor: first.nextCursor })).rejects.toMatchObject({ kind: "invalid" });
  const other = await make.ctx({ projectId: `${ctx.projectId}-b` });
  expect(await listTraces(other, {})).toEqual({ items: [] });
  expect(await listTraces(other, { experimentId })).toEqual({ items: [] });
});

pgTest("what is held of a trace is told in words", async ({ ctx }) => {
  const { id: experimentId } = await ensureExperiment(ctx, { name: "traces" });
  const base = {
    sourceType: "CODE" as const,
    sourceId: null,
    spanId: null,
    rationale: null,
    metadata: {},
    overrides: null,
  };
  const error = { error_code: "ValueError", error_message: "too busy" };
  await startTrace(ctx, {
    ...{ id: "tr-told", experimentId, requestedAt: 1, durationMs: 5, state: "OK", clientRequestId: null },
    ...{ requestPreview: null, responsePreview: null, tags: { lang: "de" }, metadata: { "mlflow.sourceRun": "r1" } },
    assessments: [
      { ...base, id: "a-1", name: "judge", value: { kind: "feedback", value: null, error }, createdAt: 1 },
      { ...base, id: "a-2", name: "wanted", value: { kind: "expectation", value: ["a"] }, createdAt: 2 },
      { ...base, id: "a-3", name: "tone", value: { kind: "feedback", value: "kind", error: null }, createdAt: 3 },
    ],
  });
  const { assessments, tags, runId, durationMs } = await getTraceView(ctx, { id: "tr-told" });
  expect({ tags, runId, durationMs }).toEqual({ tags: { lang: "de" }, runId: "r1", durationMs: 5 });
  expect(assessments).toMatchObject([
    { name: "judge", kind: "feedback", error: "ValueError: too busy", source: "CODE" },
    { name: "wanted", kind: "expectation", value: '["a"]', error: null },
    { name: "tone", kind: "feedback", value: "kind", error: null },
  ]);
});
