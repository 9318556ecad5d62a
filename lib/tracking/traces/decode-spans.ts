import protobuf from "protobufjs/minimal.js";
import { InvalidError } from "#lib/platform/errors.ts";
import {
  type DecodedSpan,
  doubleValue,
  finishSpan,
  invalidSpans,
  type Json,
  requireDepth,
  requireSpanCount,
  type SpanDraft,
  storableText,
} from "#lib/tracking/traces/span-draft.ts";

/**
 * What OTLP sends as protocol buffers, field by field, as JSON of protocol buffers. Field numbers:
 * https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
 */

type Reader = protobuf.Reader;
/** By the field's tag: its number and wire type. */
type Fields = Record<number, (reader: Reader) => void>;

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const tag = (field: number, wireType: number) => (field << 3) | wireType;
const message = (field: number) => tag(field, LENGTH_DELIMITED);

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
        requireSpanCount(spans.length);
      },
    });
  try {
    readFields(protobuf.Reader.create(body), body.length, { [message(1)]: readSpans });
  } catch (cause) {
    if (cause instanceof InvalidError) throw cause;
    throw invalidSpans("not an ExportTraceServiceRequest", cause);
  }
  if (spans.length === 0) throw invalidSpans("no spans found");
  return spans;
}

function readSpan(reader: Reader): DecodedSpan {
  const none = Buffer.alloc(0);
  const span: SpanDraft = {
    ...{ traceId: none, id: none, parentId: none, name: "", startNs: 0n, endNs: 0n },
    ...{ attributes: [], events: [], links: [] },
  };
  readMessage(reader, {
    [message(1)]: (at) => {
      span.traceId = Buffer.from(at.bytes());
    },
    [message(2)]: (at) => {
      span.id = Buffer.from(at.bytes());
    },
    [message(3)]: (at) => {
      span.traceState = text(at);
    },
    [message(4)]: (at) => {
      span.parentId = Buffer.from(at.bytes());
    },
    [message(5)]: (at) => {
      span.name = text(at);
    },
    [tag(6, VARINT)]: (at) => {
      span.kind = at.int32();
    },
    [tag(7, FIXED64)]: (at) => {
      span.startNs = fixed64(at);
    },
    [tag(8, FIXED64)]: (at) => {
      span.endNs = fixed64(at);
    },
    [message(9)]: (at) => span.attributes.push(readEntry(at, 0)),
    [message(11)]: (at) => span.events.push(readEvent(at)),
    [message(13)]: (at) => span.links.push(readLink(at)),
    [message(15)]: (at) => {
      const status: SpanDraft["status"] = {};
      readMessage(at, {
        [message(2)]: (inner) => {
          status.message = text(inner);
        },
        [tag(3, VARINT)]: (inner) => {
          status.code = inner.int32();
        },
      });
      span.status = status;
    },
  });
  return finishSpan(span);
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
  requireDepth(depth);
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
      value = doubleValue(at.double());
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
  return BigInt(reader.fixed32()) | (BigInt(reader.fixed32()) << 32n);
}

function text(reader: Reader): string {
  return storableText(reader.string());
}

function base64(reader: Reader): string {
  return Buffer.from(reader.bytes()).toString("base64");
}
