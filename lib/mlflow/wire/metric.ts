import { z } from "zod";
import { toWireDouble } from "#lib/mlflow/wire/run.ts";
import { Int64, requiredText } from "#lib/mlflow/wire/values.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";
import type { RunPoint } from "#lib/tracking/get-metric-sample.ts";
import type { BatchPoint } from "#lib/tracking/log-batch.ts";

const WORDS = ["NaN", "Infinity", "-Infinity"];

// Of several forms the first one's error is told.
const told = (name: string, problem: string) => ({
  error: ({ input }: { input?: unknown }) =>
    input === undefined || input === null
      ? missingParameter(name)
      : `Invalid value ${JSON.stringify(input)} for parameter '${name}' supplied: ${problem}`,
});

/** A double: a number, its digits, or one of the words that JSON of protocol buffers has for what is not finite. */
const Double = z.union([
  z.number(told("value", "Please specify value as a valid double (64-bit floating point)")),
  z
    .string()
    .refine((text) => WORDS.includes(text) || (text.trim() !== "" && Number.isFinite(Number(text))))
    .transform(Number),
]);

const Timestamp = z.union([z.int(told("timestamp", "Timestamp must be a nonnegative long (64-bit integer)")), Int64]);

/** A metric as it is logged. `timestamp` is Unix milliseconds. */
export const LoggedMetric = {
  key: requiredText("key"),
  value: Double,
  timestamp: Timestamp,
  step: Int64.nullish(),
  model_id: z.string().nullish(),
  dataset_name: z.string().nullish(),
  dataset_digest: z.string().nullish(),
};

export function fromWireMetric(metric: z.infer<z.ZodObject<typeof LoggedMetric>>): BatchPoint {
  return {
    key: metric.key,
    value: metric.value,
    at: metric.timestamp,
    step: metric.step ?? 0,
    modelId: metric.model_id || undefined,
    datasetName: metric.dataset_name || undefined,
    datasetDigest: metric.dataset_digest || undefined,
  };
}

/** A point of a history. NaN travels as a word, an infinity as the largest number. */
export const WireMetric = z.object({
  key: z.string(),
  value: z.union([z.number(), z.literal("NaN")]),
  timestamp: z.int(),
  step: z.int(),
});
export const WireRunMetric = WireMetric.extend({ run_id: z.string() });

export function toWireRunMetric({ runId, key, value, at, step }: RunPoint): z.infer<typeof WireRunMetric> {
  return { key, value: toWireDouble(value), timestamp: at, step, run_id: runId };
}
