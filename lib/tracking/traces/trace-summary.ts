import { z } from "zod";
import { TRACE_STATES } from "#lib/tracking/store/traces.ts";

const Texts = z.record(z.string(), z.string());

const Assessment = z.object({
  assessment_id: z.string(),
  assessment_name: z.string(),
  span_id: z.string().optional(),
  source: z.object({ source_type: z.string(), source_id: z.string().optional() }),
  create_time: z.string(),
  feedback: z.looseObject({ value: z.unknown().optional() }).optional(),
  expectation: z.looseObject({ value: z.unknown().optional() }).optional(),
  rationale: z.string().optional(),
  valid: z.boolean(),
});

/** As `tracking/store/trace-json.ts` makes it. */
const Info = z.object({
  trace_id: z.string(),
  trace_location: z.object({ mlflow_experiment: z.object({ experiment_id: z.string() }) }),
  request_preview: z.string().optional(),
  response_preview: z.string().optional(),
  request_time: z.string(),
  execution_duration: z.string().optional(),
  state: z.enum(TRACE_STATES),
  assessments: z.array(Assessment).default([]),
  trace_metadata: Texts,
  tags: Texts,
});

/** What is held of a trace, as pages show it. */
export interface AssessmentSummary {
  id: string;
  name: string;
  kind: "feedback" | "expectation";
  /** A text as it is, anything else as JSON. */
  value: string;
  /** Why there is none. */
  error: string | null;
  source: string;
  rationale: string | null;
  spanId: string | null;
  /** ISO 8601. */
  at: string;
  /** Nothing took its place. */
  valid: boolean;
}

/** A trace as pages show it. */
export interface TraceSummary {
  id: string;
  experimentId: string;
  /** Its root span's; null when it has none. */
  name: string | null;
  state: (typeof TRACE_STATES)[number];
  /** ISO 8601. */
  at: string;
  durationMs: number | null;
  request: string | null;
  response: string | null;
  /** The run that it was made in. */
  runId: string | null;
  tags: Record<string, string>;
  metadata: Record<string, string>;
  assessments: AssessmentSummary[];
}

/** Tags and metadata by which clients and servers talk to each other. */
const OWN = /^mlflow\./;

export function toTraceSummary(json: string): TraceSummary {
  const info = Info.parse(JSON.parse(json));
  return {
    id: info.trace_id,
    experimentId: info.trace_location.mlflow_experiment.experiment_id,
    name: info.tags["mlflow.traceName"] || null,
    state: info.state,
    at: info.request_time,
    durationMs:
      info.execution_duration === undefined ? null : Math.round(Number(info.execution_duration.slice(0, -1)) * 1000),
    request: info.request_preview ?? null,
    response: info.response_preview ?? null,
    runId: info.trace_metadata["mlflow.sourceRun"] || null,
    tags: withoutOwn(info.tags),
    metadata: withoutOwn(info.trace_metadata),
    assessments: info.assessments.map(toAssessmentSummary),
  };
}

const Serialized = z.looseObject({ serialized_value: z.object({ value: z.string() }) });
const Failed = z.looseObject({ error: z.object({ error_code: z.string(), error_message: z.string().optional() }) });

function toAssessmentSummary(given: z.infer<typeof Assessment>): AssessmentSummary {
  const held = given.feedback ?? given.expectation ?? {};
  const serialized = Serialized.safeParse(held).data?.serialized_value.value;
  const error = Failed.safeParse(held).data?.error;
  const value = "value" in held ? held.value : null;
  return {
    id: given.assessment_id,
    name: given.assessment_name,
    kind: given.expectation === undefined ? "feedback" : "expectation",
    value: serialized ?? (typeof value === "string" ? value : JSON.stringify(value ?? null)),
    error: error === undefined ? null : [error.error_code, error.error_message].filter(Boolean).join(": "),
    source: given.source.source_id ?? given.source.source_type,
    rationale: given.rationale ?? null,
    spanId: given.span_id ?? null,
    at: given.create_time,
    valid: given.valid,
  };
}

function withoutOwn(entries: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !OWN.test(key)));
}
