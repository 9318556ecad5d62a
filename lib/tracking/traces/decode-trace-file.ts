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
import { Nanoseconds, SpanText } from "#lib/tracking/traces/span-fields.ts";

/** `traces.json`, which MLflow's clients before 3.4 send instead of OTLP: ids in base64, attributes as a plain object. */

const Base64 = z
  .string()
  .max(64)
  .nullish()
  .transform((text) => Buffer.from(text ?? "", "base64"));
const Attributes = z
  .record(z.string(), z.unknown())
  .nullish()
  .transform((given) => given ?? {});
const STATUS_CODES: { [name: string]: number } = { OK: 1, ERROR: 2 };

const Span = z.looseObject({
  trace_id: Base64,
  span_id: Base64,
  parent_span_id: Base64,
  name: SpanText,
  start_time_unix_nano: Nanoseconds,
  end_time_unix_nano: Nanoseconds,
  attributes: Attributes,
  events: z
    .array(z.looseObject({ name: SpanText, time_unix_nano: Nanoseconds, attributes: Attributes }))
    .nullish()
    .transform((events) => events ?? []),
  status: z.looseObject({ code: z.string().nullish(), message: SpanText.nullish() }).nullish(),
});

/**
 * The spans of a `traces.json`.
 *
 * @throws InvalidError not one, or with too many
 */
export function decodeTraceFile(body: Uint8Array): DecodedSpan[] {
  const { spans } = parseSpanJson(z.looseObject({ spans: z.array(z.unknown()) }), body, "not a traces.json");
  requireSpanCount(spans.length);
  return spans.map(toSpan);
}

function toSpan(given: unknown): DecodedSpan {
  const parsed = Span.safeParse(given);
  if (!parsed.success) {
    throw invalidSpans(`a span's ${parsed.error.issues[0]?.path.join(".") || "form"} is not that of a traces.json`);
  }
  const span = parsed.data;
  return finishSpan({
    ...{ traceId: span.trace_id, id: span.span_id, parentId: span.parent_span_id, name: span.name },
    ...{ startNs: span.start_time_unix_nano, endNs: span.end_time_unix_nano, links: [] },
    status: {
      code: STATUS_CODES[(span.status?.code ?? "").replace(/^STATUS_CODE_/, "")],
      message: span.status?.message || undefined,
    },
    attributes: toEntries(
      Object.fromEntries(Object.entries(span.attributes).map(([key, value]) => [key, undumped(value)])),
      0,
    ),
    events: span.events.map(({ name, time_unix_nano: time, attributes }) => ({
      time_unix_nano: String(time),
      name,
      attributes: toEntries(attributes, 0),
    })),
  });
}

/** The client keeps each attribute of a span as a text of JSON; by OTLP it sends what the text means. */
function undumped(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function toEntries(given: object, depth: number): Json[] {
  return Object.entries(given).map(([key, value]) => ({ key: storableText(key), value: toValue(value, depth + 1) }));
}

function toValue(given: unknown, depth: number): Json {
  requireDepth(depth);
  if (typeof given === "string") return { string_value: storableText(given) };
  if (typeof given === "boolean") return { bool_value: given };
  if (typeof given === "number") return Number.isSafeInteger(given) ? { int_value: String(given) } : doubleValue(given);
  if (Array.isArray(given)) return { array_value: { values: given.map((item) => toValue(item, depth + 1)) } };
  if (typeof given === "object" && given !== null) return { kvlist_value: { values: toEntries(given, depth) } };
  return {};
}
