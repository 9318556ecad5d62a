import protobuf from "protobufjs/minimal.js";
import { InvalidError } from "#lib/platform/errors.ts";

/**
 * What OTLP sends, field by field, as JSON of protocol buffers. Field numbers:
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */

type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

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
  failed: boolean;
  /** OpenTelemetry's Span as JSON of protocol buffers. */
  content: string;
}

type Reader = protobuf.Reader;
/** By the field's tag: its number and wire type. */
type Fields = Record<number, (reader: Reader) => void>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const tag = (field: number, wireType: number) => (field << 3) | wireType;
const message = (field: number) => tag(field, LENGTH_DELIMITED);

const MAX_SPANS = 10_000;
/** Of values in values. */
const MAX_DEPTH = 32;
const STATUS_ERROR = 2;

/**
 * The spans of an ExportTraceServiceRequest.
 *
 * @throws InvalidError not one, without spans, or with too many
 */
export function decodeSpans(body: Uint8Array): DecodedSpan[] {
  const spans: DecodedSpan[] = [];
  const readSpans = (reader: Reader) =>
    readMessage(reader, {
      [message(2)]: (scope) => {
        readMessage(scope, { [message(2)]: (span) => spans.push(readSpan(span)) });
        if (spans.length > MAX_SPANS) throw invalid(`more than ${MAX_SPANS} spans`);
      },
    });
  try {
    readFields(protobuf.Reader.create(body), body.length, { [message(1)]: readSpans });
  } catch (cause) {
    if (cause instanceof InvalidError) throw cause;
    throw invalid("not an ExportTraceServiceRequest", cause);
  }
  if (spans.length === 0) throw invalid("no spans found");
  return spans;
}

function readSpan(reader: Reader): DecodedSpan {
  const span: { [name: string]: Json } = {};
  const attributes: Json[] = [];
  const events: Json[] = [];
  const links: Json[] = [];
  const ids = { trace: Buffer.alloc(0), span: Buffer.alloc(0), parent: Buffer.alloc(0) };
  const seen = { name: "", startNs: 0n, endNs: 0n, code: 0 };
  readMessage(reader, {
    [message(1)]: (at) => {
      ids.trace = Buffer.from(at.bytes());
    },
    [message(2)]: (at) => {
      ids.span = Buffer.from(at.bytes());
    },
    [message(3)]: (at) => {
      span["trace_state"] = text(at);
    },
    [message(4)]: (at) => {
      ids.parent = Buffer.from(at.bytes());
    },
    [message(5)]: (at) => {
      seen.name = text(at);
    },
    [tag(6, VARINT)]: (at) => {
      span["kind"] = at.int32();
    },
    [tag(7, FIXED64)]: (at) => {
      seen.startNs = fixed64(at);
    },
    [tag(8, FIXED64)]: (at) => {
      seen.endNs = fixed64(at);
    },
    [message(9)]: (at) => attributes.push(readEntry(at, 0)),
    [message(11)]: (at) => events.push(readEvent(at)),
    [message(13)]: (at) => links.push(readLink(at)),
    [message(15)]: (at) => {
      const status: { [name: string]: Json } = {};
      readMessage(at, {
        [message(2)]: (inner) => {
          status["message"] = text(inner);
        },
        [tag(3, VARINT)]: (inner) => {
          seen.code = inner.int32();
          status["code"] = seen.code;
        },
      });
      span["status"] = status;
    },
  });
  if (ids.trace.length !== 16) throw invalid("a span without a trace_id of 16 bytes");
  if (ids.span.length !== 8) throw invalid("a span without a span_id of 8 bytes");
  if (ids.parent.length !== 0 && ids.parent.length !== 8) throw invalid("a parent_span_id that has not 8 bytes");
  const { name, startNs, endNs } = seen;
  if (endNs !== 0n && endNs < startNs) throw invalid("a span that ends before it starts");
  const content: Json = {
    trace_id: ids.trace.toString("base64"),
    span_id: ids.span.toString("base64"),
    ...(ids.parent.length > 0 && { parent_span_id: ids.parent.toString("base64") }),
    name,
    start_time_unix_nano: String(startNs),
    end_time_unix_nano: String(endNs),
    ...span,
    attributes,
    events,
    links,
  };
  return {
    otelTraceId: ids.trace.toString("hex"),
    id: ids.span.toString("hex"),
    isRoot: ids.parent.length === 0,
    name,
    startNs,
    endNs,
    failed: seen.code === STATUS_ERROR,
    content: JSON.stringify(content),
  };
}

function readEvent(reader: Reader): Json {
  const event = { time_unix_nano: "0", name: "", attributes: [] as Json[] };
  readMessage(reader, {
    [tag(1, FIXED64)]: (at) => {
      event.time_unix_nano = String(fixed64(at));
    },
    [message(2)]: (at) => {
      event.name = text(at);
    },
    [message(3)]: (at) => event.attributes.push(readEntry(at, 0)),
  });
  return event;
}

function readLink(reader: Reader): Json {
  const link = { trace_id: "", span_id: "", attributes: [] as Json[] };
  readMessage(reader, {
    [message(1)]: (at) => {
      link.trace_id = base64(at);
    },
    [message(2)]: (at) => {
      link.span_id = base64(at);
    },
    [message(4)]: (at) => link.attributes.push(readEntry(at, 0)),
  });
  return link;
}

/** KeyValue. */
function readEntry(reader: Reader, depth: number): Json {
  const entry: { key: string; value: Json } = { key: "", value: {} };
  readMessage(reader, {
    [message(1)]: (at) => {
      entry.key = text(at);
    },
    [message(2)]: (at) => {
      entry.value = readValue(at, depth + 1);
    },
  });
  return entry;
}

/** AnyValue: an object with one field, or none. */
function readValue(reader: Reader, depth: number): Json {
  if (depth > MAX_DEPTH) throw invalid(`values nested more than ${MAX_DEPTH} deep`);
  let value: Json = {};
  const list = (at: Reader, read: (item: Reader) => Json): Json => {
    const values: Json[] = [];
    readMessage(at, { [message(1)]: (item) => values.push(read(item)) });
    return { values };
  };
  readMessage(reader, {
    [message(1)]: (at) => {
      value = { string_value: text(at) };
    },
    [tag(2, VARINT)]: (at) => {
      value = { bool_value: at.bool() };
    },
    [tag(3, VARINT)]: (at) => {
      value = { int_value: String(at.int64()) };
    },
    [tag(4, FIXED64)]: (at) => {
      const double = at.double();
      value = { double_value: Number.isFinite(double) ? double : String(double) };
    },
    [message(5)]: (at) => {
      value = { array_value: list(at, (item) => readValue(item, depth + 1)) };
    },
    [message(6)]: (at) => {
      value = { kvlist_value: list(at, (item) => readEntry(item, depth + 1)) };
    },
    [message(7)]: (at) => {
      value = { bytes_value: base64(at) };
    },
  });
  return value;
}

function readMessage(reader: Reader, fields: Fields): void {
  const length = reader.uint32();
  const end = reader.pos + length;
  if (end > reader.len) throw new RangeError("a message that is longer than what holds it");
  readFields(reader, end, fields);
  if (reader.pos !== end) throw new RangeError("a field that is longer than its message");
}

/** Fields that are not known are passed over. */
function readFields(reader: Reader, end: number, fields: Fields): void {
  while (reader.pos < end) {
    const found = reader.uint32();
    const read = fields[found];
    if (read === undefined) reader.skipType(found & 7);
    else read(reader);
  }
}

function fixed64(reader: Reader): bigint {
  const time = BigInt(reader.fixed32()) | (BigInt(reader.fixed32()) << 32n);
  if (time > MAX_TIME) throw invalid("a time beyond the year 2262");
  return time;
}
const MAX_TIME = 2n ** 63n - 1n;

/** Postgres holds no NUL: what clients trace may. */
function text(reader: Reader): string {
  return reader.string().replaceAll("\0", "\uFFFD");
}

function base64(reader: Reader): string {
  return Buffer.from(reader.bytes()).toString("base64");
}

function invalid(problem: string, cause?: unknown): InvalidError {
  return new InvalidError(`Invalid OpenTelemetry format: ${problem}.`, {
    cause,
    details: [{ field: "body", problem, remedy: "Send an ExportTraceServiceRequest of OTLP, as protobuf." }],
  });
}
