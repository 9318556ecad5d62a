import { z } from "zod";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { cutText } from "#lib/tracking/cut-text.ts";
import { selectSpanContent } from "#lib/tracking/store/spans.ts";

/** A value as pages show it: a text as it is, anything else as JSON. */
interface ShownValue {
  key: string;
  text: string;
}

interface SpanEvent {
  name: string;
  /** Since the span began, in milliseconds. */
  offsetMs: number;
  attributes: ShownValue[];
}

/** What a span holds. */
export interface SpanDetail {
  inputs: string | null;
  outputs: string | null;
  /** What the sender says of its end. */
  message: string | null;
  attributes: ShownValue[];
  events: SpanEvent[];
}

/** In characters: more of a value is not read by eye. */
const MAX_SHOWN = 50_000;
const INPUTS = "mlflow.spanInputs";
const OUTPUTS = "mlflow.spanOutputs";
/** Told elsewhere. */
const TOLD = new Set([INPUTS, OUTPUTS, "mlflow.spanType", "mlflow.traceRequestId"]);

const Entries = z.array(z.object({ key: z.string(), value: z.unknown().optional() })).default([]);
const Content = z.object({
  start_time_unix_nano: z.string(),
  attributes: Entries,
  events: z.array(z.object({ name: z.string(), time_unix_nano: z.string(), attributes: Entries })).default([]),
  status: z.object({ message: z.string().optional() }).optional(),
});

/**
 * What one span of a trace holds.
 *
 * @throws NotFoundError the project has no such trace, or the trace no such span
 */
export async function getSpan(ctx: Ctx, input: { traceId: string; id: string }): Promise<SpanDetail> {
  requireScope(ctx, "tracking:read");
  const json = await selectSpanContent(ctx, input.traceId, input.id);
  if (json === undefined) throw new NotFoundError(`Span '${input.id.slice(0, 80)}'`);
  const span = Content.parse(JSON.parse(json));
  const shown = span.attributes.map(toShown);
  const textOf = (name: string) => shown.find(({ key }) => key === name)?.text ?? null;
  const start = BigInt(span.start_time_unix_nano);
  return {
    inputs: textOf(INPUTS),
    outputs: textOf(OUTPUTS),
    message: span.status?.message || null,
    attributes: shown.filter(({ key }) => !TOLD.has(key)),
    events: span.events.map(({ name, time_unix_nano: at, attributes }) => ({
      name,
      offsetMs: Number(BigInt(at) - start) / 1_000_000,
      attributes: attributes.map(toShown),
    })),
  };
}

function toShown({ key, value }: { key: string; value?: unknown }): ShownValue {
  const plain = toPlain(value);
  return { key, text: cutText(typeof plain === "string" ? plain : JSON.stringify(plain, null, 2), MAX_SHOWN) };
}

const AnyValue = z.object({
  string_value: z.string().optional(),
  bool_value: z.boolean().optional(),
  int_value: z.string().optional(),
  double_value: z.union([z.number(), z.string()]).optional(),
  bytes_value: z.string().optional(),
  array_value: z.object({ values: z.array(z.unknown()).default([]) }).optional(),
  kvlist_value: z.object({ values: Entries }).optional(),
});

/** What an AnyValue of OpenTelemetry means. A whole number that a double does not hold stays a text. */
function toPlain(given: unknown): unknown {
  const value = AnyValue.parse(given ?? {});
  if (value.array_value) return value.array_value.values.map(toPlain);
  if (value.kvlist_value) {
    return Object.fromEntries(value.kvlist_value.values.map((entry) => [entry.key, toPlain(entry.value)]));
  }
  if (value.int_value !== undefined) {
    const number = Number(value.int_value);
    return Number.isSafeInteger(number) ? number : value.int_value;
  }
  return value.string_value ?? value.bool_value ?? value.double_value ?? value.bytes_value ?? null;
}
