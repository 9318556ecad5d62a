import { InvalidError } from "#lib/platform/errors.ts";

/** What a span is made of, whatever it was sent as. */

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** A span as its sender wrote it. Times are Unix nanoseconds. */
export interface SpanDraft {
  /** 16 bytes. */
  traceId: Buffer;
  /** 8 bytes. */
  id: Buffer;
  /** 8 bytes; empty for a root. */
  parentId: Buffer;
  name: string;
  startNs: bigint;
  /** 0: it has not ended. */
  endNs: bigint;
  traceState?: string | undefined;
  kind?: number | undefined;
  status?: { code?: number | undefined; message?: string | undefined } | undefined;
  /** KeyValues, Events and Links as JSON of protocol buffers. */
  attributes: Json[];
  events: Json[];
  links: Json[];
}

/** A span as it is stored. Times are Unix nanoseconds. */
export interface DecodedSpan {
  /** 32 hex digits. */
  otelTraceId: string;
  /** 16 hex digits. */
  id: string;
  isRoot: boolean;
  name: string;
  startNs: bigint;
  /** 0: it has not ended. */
  endNs: bigint;
  /** What the client says it is, such as RETRIEVER; null when it does not. */
  type: string | null;
  failed: boolean;
  /** As MLflow names it. */
  status: "OK" | "ERROR" | "UNSET";
  /** OpenTelemetry's Span as JSON of protocol buffers. */
  content: string;
}

/** Of one request. */
const MAX_SPANS = 10_000;
/** Of values in values. */
const MAX_DEPTH = 32;
/** The year 2262. */
const MAX_TIME_NS = 2n ** 63n - 1n;
const STATUS_ERROR = 2;
const STATUSES = ["UNSET", "OK", "ERROR"] as const;
const TYPE_KEY = "mlflow.spanType";

/** @throws InvalidError an id of the wrong length, or times that cannot be */
export function finishSpan(draft: SpanDraft): DecodedSpan {
  const { traceId, id, parentId, name, startNs, endNs, kind, traceState, status, attributes, events, links } = draft;
  if (traceId.length !== 16) throw invalidSpans("a span without a trace_id of 16 bytes");
  if (id.length !== 8) throw invalidSpans("a span without a span_id of 8 bytes");
  if (parentId.length !== 0 && parentId.length !== 8) throw invalidSpans("a parent_span_id that has not 8 bytes");
  if (startNs > MAX_TIME_NS || endNs > MAX_TIME_NS) throw invalidSpans("a time beyond the year 2262");
  if (endNs !== 0n && endNs < startNs) throw invalidSpans("a span that ends before it starts");
  const content: { [name: string]: Json | undefined } = {
    trace_id: traceId.toString("base64"),
    span_id: id.toString("base64"),
    parent_span_id: parentId.length > 0 ? parentId.toString("base64") : undefined,
    name,
    start_time_unix_nano: String(startNs),
    end_time_unix_nano: String(endNs),
    trace_state: traceState,
    kind,
    ...(status !== undefined && { status: withoutAbsent(status) }),
    attributes,
    events,
    links,
  };
  return {
    otelTraceId: traceId.toString("hex"),
    id: id.toString("hex"),
    isRoot: parentId.length === 0,
    name,
    startNs,
    endNs,
    type: typeOf(attributes),
    failed: status?.code === STATUS_ERROR,
    status: STATUSES[status?.code ?? 0] ?? "UNSET",
    content: JSON.stringify(content),
  };
}

function typeOf(attributes: readonly Json[]): string | null {
  for (const one of attributes) {
    if (typeof one !== "object" || one === null || Array.isArray(one) || one["key"] !== TYPE_KEY) continue;
    const value = one["value"];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
    const text = value["string_value"];
    return typeof text === "string" ? text.slice(0, 250) : null;
  }
  return null;
}

function withoutAbsent(status: { code?: number | undefined; message?: string | undefined }): Json {
  const { code, message } = status;
  return { ...(message !== undefined && { message }), ...(code !== undefined && { code }) };
}

/** @throws InvalidError more spans than a request may have */
export function requireSpanCount(count: number): void {
  if (count > MAX_SPANS) throw invalidSpans(`more than ${MAX_SPANS} spans`);
}

/** @throws InvalidError values nested too deep */
export function requireDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw invalidSpans(`values nested more than ${MAX_DEPTH} deep`);
}

/** Postgres holds neither NUL nor half a surrogate pair: what clients trace may. */
export function storableText(text: string): string {
  return text.replace(/\0|\p{Surrogate}/gu, "\uFFFD");
}

/** An AnyValue: JSON has no infinities. */
export function doubleValue(double: number): Json {
  return { double_value: Number.isFinite(double) ? double : String(double) };
}

export function invalidSpans(problem: string, cause?: unknown): InvalidError {
  return new InvalidError(`Invalid OpenTelemetry format: ${problem}.`, {
    cause,
    details: [{ field: "body", problem, remedy: "Send an ExportTraceServiceRequest of OTLP, as protobuf or JSON." }],
  });
}
