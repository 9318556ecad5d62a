import { createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "#lib/platform/canonical-json.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import type { AssessmentRow } from "#lib/tracking/store/assessments.ts";
import { storableText } from "#lib/tracking/traces/span-draft.ts";
import { takeTraceEntries, takeTraceKey } from "#lib/tracking/traces/trace-texts.ts";

export const SOURCE_TYPES = ["SOURCE_TYPE_UNSPECIFIED", "HUMAN", "LLM_JUDGE", "CODE"] as const;

/** What is held of a trace. */
export type AssessmentValue =
  | { kind: "feedback"; value: unknown; error: Record<string, string> | null }
  | { kind: "expectation"; value: unknown };

/** An assessment as it is given. Times are Unix milliseconds; now when absent. */
export interface GivenAssessment {
  /** Made when absent. */
  id?: string | undefined;
  name: string;
  value: AssessmentValue;
  sourceType: (typeof SOURCE_TYPES)[number];
  sourceId: string | null;
  spanId: string | null;
  rationale: string | null;
  metadata: Record<string, string>;
  /** The id of another one of the trace, which counts no more. */
  overrides: string | null;
  createdAt?: number | undefined;
  updatedAt?: number | undefined;
}

const MAX_VALUE_LENGTH = 1_000_000;
const MAX_TEXT_LENGTH = 100_000;

export function newAssessmentId(): string {
  return `a-${randomBytes(16).toString("hex")}`;
}

/** The id of one that comes with its trace and without an id: the same each time that the client tries again. */
export function assessmentIdOf(given: GivenAssessment, index: number): string {
  return `a-${createHash("sha256").update(canonicalJson({ index, given })).digest("hex").slice(0, 32)}`;
}

/** @throws InvalidError a name, value or text that is not allowed */
export function takeAssessment(ctx: Ctx, given: GivenAssessment, id: string): AssessmentRow {
  if (!/^[A-Za-z0-9_-]{1,50}$/.test(id)) throw invalid("assessment_id", "not 1 to 50 letters, digits, _ and -");
  const now = ctx.clock.now().getTime();
  return {
    ...{ id, name: takeTraceKey(given.name, "assessment_name"), ...takeValue(given.value) },
    ...{ sourceType: given.sourceType, sourceId: takeText(given.sourceId, "source.source_id") },
    spanId: takeText(given.spanId, "span_id"),
    rationale: takeText(given.rationale, "rationale"),
    metadata: takeTraceEntries(given.metadata, "metadata"),
    ...{ overrides: given.overrides, valid: true, createdBy: actorName(ctx.actor) },
    ...{ createdAt: given.createdAt ?? now, updatedAt: given.updatedAt ?? now },
  };
}

/**
 * A value as it is stored: as clients read it, and to be compared with.
 *
 * @throws InvalidError too long
 */
export function takeValue(given: AssessmentValue): Pick<AssessmentRow, "kind" | "content" | "value" | "number"> {
  const { kind, value } = given;
  const json = toJson(value);
  const content =
    kind === "feedback"
      ? `{"value":${json}${given.error === null ? "" : `,"error":${toJson(given.error)}`}}`
      : isScalar(value)
        ? `{"value":${json}}`
        : `{"serialized_value":${toJson({ serialization_format: "JSON_FORMAT", value: json })}}`;
  if (content.length > MAX_VALUE_LENGTH) throw invalid(kind, `longer than ${MAX_VALUE_LENGTH} characters`);
  return {
    ...{ kind, content },
    value: typeof value === "string" ? storableText(value) : json,
    number: typeof value === "number" ? value : null,
  };
}

/** @throws InvalidError too long */
export function takeText(text: string | null, field: string): string | null {
  if (text === null) return null;
  if (text.length > MAX_TEXT_LENGTH) throw invalid(field, `longer than ${MAX_TEXT_LENGTH} characters`);
  return storableText(text);
}

export function noAssessment(traceId: string, id: string): NotFoundError {
  return new NotFoundError(`Assessment with ID '${id.slice(0, 80)}' of trace '${traceId.slice(0, 80)}'`);
}

function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "string" ? storableText(inner) : inner)) ?? "null";
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || typeof value !== "object";
}

function invalid(field: string, problem: string): InvalidError {
  return new InvalidError(`'${field}' is ${problem}.`, {
    details: [{ field, problem, remedy: "See MLflow's Assessment." }],
  });
}
