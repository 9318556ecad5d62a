import { z } from "zod";
import { parseSpanJson } from "#lib/tracking/traces/parse-span-json.ts";
import {
  type DecodedSpan,
  doubleValue,
  finishSpan,
  invalidSpans,
  type Json,
  requireDepth,
  requireSpanCount,
  storableText,
} from "#lib/tracking/traces/span-draft.ts";
import { Int32, Nanoseconds, SpanText } from "#lib/tracking/traces/span-fields.ts";

/**
 * What OTLP sends as JSON: names in lowerCamelCase, ids in hex, whole numbers of 64 bits as text or numbers.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */

const Hex = z
  .string()
  .max(64)
  .regex(/^([0-9a-f]{2})*$/i)
  .default("")
  .transform((digits) => Buffer.from(digits, "hex"));
const Attributes = z.array(z.unknown()).default([]);

const Span = z.looseObject({
  traceId: Hex,
  spanId: Hex,
  parentSpanId: Hex,
  traceState: SpanText.optional(),
  name: SpanText.default(""),
  kind: Int32.optional(),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  events: z
    .array(z.looseObject({ timeUnixNano: Nanoseconds, name: SpanText.default(""), attributes: Attributes }))
    .default([]),
  links: z.array(z.looseObject({ traceId: Hex, spanId: Hex, attributes: Attributes })).default([]),
  status: z.looseObject({ code: Int32.optional(), message: SpanText.optional() }).optional(),
});

const Request = z.looseObject({
  resourceSpans: z
    .array(
      z.looseObject({ scopeSpans: z.array(z.looseObject({ spans: z.array(z.unknown()).default([]) })).default([]) }),
    )
    .default([]),
});

/**
 * The spans of an ExportTraceServiceRequest in JSON.
 *
 * @throws InvalidError not one, without spans, or with too many
 */
export function decodeJsonSpans(body: Uint8Array): DecodedSpan[] {
  const request = parseSpanJson(Request, body, "not an ExportTraceServiceRequest");
  const given = request.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
  if (given.length === 0) throw invalidSpans("no spans found");
  requireSpanCount(given.length);
  return given.map(toSpan);
}

function toSpan(given: unknown): DecodedSpan {
  const parsed = Span.safeParse(given);
  if (!parsed.success) throw invalidSpans(`a span's ${parsed.error.issues[0]?.path.join(".") || "form"} is not OTLP's`);
  const { traceId, spanId, parentSpanId, startTimeUnixNano, endTimeUnixNano, ...span } = parsed.data;
  return finishSpan({
    ...{ traceId, id: spanId, parentId: parentSpanId, startNs: startTimeUnixNano, endNs: endTimeUnixNano },
    ...{ name: span.name, traceState: span.traceState, kind: span.kind, status: span.status },
    attributes: toEntries(span.attributes, 0),
    events: span.events.map(({ timeUnixNano, name, attributes }) => ({
      time_unix_nano: String(timeUnixNano),
      name,
      attributes: toEntries(attributes, 0),
    })),
    links: span.links.map((link) => ({
      trace_id: link.traceId.toString("base64"),
      span_id: link.spanId.toString("base64"),
      attributes: toEntries(link.attributes, 0),
    })),
  });
}

const Entry = z.looseObject({ key: SpanText.default(""), value: z.unknown() });
const Values = z.looseObject({ values: z.array(z.unknown()).default([]) });
/** AnyValue: the first of these that is there. */
const VALUES: { [name: string]: (given: unknown, depth: number) => Json } = {
  stringValue: (given) => ({ string_value: storableText(z.string().parse(given)) }),
  boolValue: (given) => ({ bool_value: z.boolean().parse(given) }),
  intValue: (given) => ({ int_value: String(z.union([z.int(), z.string().regex(/^-?[0-9]{1,19}$/)]).parse(given)) }),
  doubleValue: (given) =>
    doubleValue(z.union([z.number(), z.enum(["NaN", "Infinity", "-Infinity"]).transform(Number)]).parse(given)),
  arrayValue: (given, depth) => ({
    array_value: { values: Values.parse(given).values.map((item) => toValue(item, depth + 1)) },
  }),
  kvlistValue: (given, depth) => ({ kvlist_value: { values: toEntries(Values.parse(given).values, depth) } }),
  bytesValue: (given) => ({ bytes_value: z.base64().parse(given) }),
};

function toEntries(given: readonly unknown[], depth: number): Json[] {
  return given.map((item) => {
    const entry = Entry.safeParse(item);
    if (!entry.success) throw invalidSpans("an attribute that is no KeyValue");
    return { key: entry.data.key, value: toValue(entry.data.value, depth + 1) };
  });
}

/** AnyValue: an object with one field, or none. */
function toValue(given: unknown, depth: number): Json {
  requireDepth(depth);
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) throw invalidSpans("a value that is no AnyValue");
  for (const [name, value] of Object.entries(given)) {
    const read = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
    if (read === undefined) continue;
    try {
      return read(value, depth);
    } catch (cause) {
      if (cause instanceof z.ZodError) throw invalidSpans(`a value whose ${name} is none`, cause);
      throw cause;
    }
  }
  return {};
}
