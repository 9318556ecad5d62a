import { z } from "zod";
import { requiredText } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type AssessmentValue, type GivenAssessment, SOURCE_TYPES } from "#lib/tracking/assessments/assessment.ts";

/** Assessments on the wire. Times are RFC 3339; a value is any JSON, an expectation that is no scalar a text of JSON. */

const Metadata = z.record(z.string(), z.string());

/** As clients read it, and as `tracking/store/trace-json.ts` makes it. */
export const WireAssessment = z.object({
  assessment_id: z.string(),
  assessment_name: z.string(),
  trace_id: z.string(),
  span_id: z.string().optional(),
  source: z.object({ source_type: z.enum(SOURCE_TYPES), source_id: z.string().optional() }),
  create_time: z.string(),
  last_update_time: z.string(),
  feedback: z.looseObject({}).optional(),
  expectation: z.looseObject({}).optional(),
  rationale: z.string().optional(),
  metadata: Metadata.optional(),
  overrides: z.string().optional(),
  valid: z.boolean(),
});

const text = z.string().nullish();
const Time = z
  .string()
  .max(40)
  .refine((time) => /^[0-9]{4}-/.test(time) && Number.isFinite(Date.parse(time)), {
    error: "must be a time such as 2026-01-31T12:00:00.000Z",
  })
  .transform((time) => Date.parse(time))
  .nullish();

const Feedback = z.looseObject({
  value: z.unknown().optional(),
  error: z.looseObject({ error_code: z.string().default(""), error_message: text, stack_trace: text }).nullish(),
});
const Expectation = z.looseObject({
  value: z.unknown().optional(),
  serialized_value: z.looseObject({ serialization_format: z.string().default(""), value: z.string() }).nullish(),
});

const Values = { feedback: Feedback.nullish(), expectation: Expectation.nullish() };

export const WireGivenAssessment = z.looseObject({
  assessment_id: text,
  assessment_name: requiredText("assessment_name"),
  span_id: text,
  source: z
    .looseObject({
      source_type: z
        .union([z.enum(SOURCE_TYPES), z.literal([0, 1, 2, 3]).transform((at) => SOURCE_TYPES[at])])
        .nullish()
        .transform((type) => type ?? "SOURCE_TYPE_UNSPECIFIED"),
      source_id: text,
    })
    .nullish(),
  create_time: Time,
  last_update_time: Time,
  ...Values,
  rationale: text,
  metadata: Metadata.nullish(),
  overrides: text,
});

/** @throws InvalidError not one value, or one that is no JSON */
export function fromWireAssessment(given: z.infer<typeof WireGivenAssessment>): GivenAssessment {
  return {
    id: given.assessment_id || undefined,
    name: given.assessment_name,
    value: heldValue(given),
    sourceType: given.source?.source_type ?? "SOURCE_TYPE_UNSPECIFIED",
    sourceId: given.source?.source_id || null,
    spanId: given.span_id || null,
    rationale: given.rationale || null,
    metadata: given.metadata ?? {},
    overrides: given.overrides || null,
    createdAt: given.create_time ?? undefined,
    updatedAt: given.last_update_time ?? undefined,
  };
}

/** `update_mask` names the fields that count, with commas, as protocol buffers write it. */
export const AssessmentUpdate = z.looseObject({
  assessment: z.looseObject({ assessment_name: text, ...Values, rationale: text, metadata: Metadata.nullish() }),
  update_mask: requiredText("update_mask"),
});

/** @throws InvalidError a value that the mask names is not there */
export function fromWireUpdate({ assessment, update_mask: mask }: z.infer<typeof AssessmentUpdate>) {
  const named = new Set(mask.split(",").map((path) => path.trim().replace(/[A-Z]/g, (big) => `_${big.toLowerCase()}`)));
  const hasValue = named.has("feedback") || named.has("expectation");
  return {
    name: named.has("assessment_name") ? (assessment.assessment_name ?? "") : undefined,
    value: hasValue
      ? heldValue({
          feedback: named.has("feedback") ? assessment.feedback : undefined,
          expectation: named.has("expectation") ? assessment.expectation : undefined,
        })
      : undefined,
    rationale: named.has("rationale") ? (assessment.rationale ?? "") : undefined,
    metadata: named.has("metadata") ? (assessment.metadata ?? {}) : undefined,
  };
}

function heldValue({
  feedback,
  expectation,
}: {
  feedback?: z.infer<typeof Feedback> | null | undefined;
  expectation?: z.infer<typeof Expectation> | null | undefined;
}): AssessmentValue {
  if (feedback && !expectation) return { kind: "feedback", value: feedback.value ?? null, error: errorOf(feedback) };
  if (expectation && !feedback) return { kind: "expectation", value: expectedOf(expectation) };
  throw refused("assessment", "not exactly one of `feedback` and `expectation`", "Send one of them.");
}

function errorOf({ error }: z.infer<typeof Feedback>): Record<string, string> | null {
  if (!error) return null;
  return {
    error_code: error.error_code,
    ...(error.error_message && { error_message: error.error_message }),
    ...(error.stack_trace && { stack_trace: error.stack_trace }),
  };
}

function expectedOf({ value, serialized_value: serialized }: z.infer<typeof Expectation>): unknown {
  if (!serialized) {
    if (value !== undefined && value !== null) return value;
    throw refused("expectation.value", "absent", "Send the value that was expected.");
  }
  const field = "expectation.serialized_value";
  if (serialized.serialization_format !== "JSON_FORMAT") {
    throw refused(field, "of an unknown format", "Only JSON_FORMAT is supported.");
  }
  try {
    return JSON.parse(serialized.value);
  } catch {
    throw refused(field, "not JSON", "Send the value as a text of JSON.");
  }
}

function refused(field: string, problem: string, remedy: string): InvalidError {
  return new InvalidError(`'${field}' is ${problem}. ${remedy}`, { details: [{ field, problem, remedy }] });
}
