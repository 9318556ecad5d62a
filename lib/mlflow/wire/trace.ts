import { z } from "zod";
import { fromWireAssessment, WireAssessment, WireGivenAssessment } from "#lib/mlflow/wire/assessment.ts";
import { IdText, requiredText } from "#lib/mlflow/wire/values.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { TRACE_STATES } from "#lib/tracking/store/traces.ts";
import type { ToldTrace } from "#lib/tracking/traces/start-trace.ts";

/** Traces on the wire. Times are RFC 3339, durations seconds with an `s`. */

export const TraceLocation = z.looseObject({
  type: z.union([z.string(), z.int()]).optional(),
  mlflow_experiment: z.looseObject({ experiment_id: IdText.pipe(requiredText("experiment_id")) }),
});

/** As clients read it, and as `tracking/store/trace-json.ts` makes it. */
export const WireTraceInfo = z.object({
  trace_id: z.string(),
  client_request_id: z.string().optional(),
  trace_location: z.object({
    type: z.literal("MLFLOW_EXPERIMENT"),
    mlflow_experiment: z.object({ experiment_id: z.string() }),
  }),
  request_preview: z.string().optional(),
  response_preview: z.string().optional(),
  request_time: z.string(),
  execution_duration: z.string().optional(),
  state: z.enum(TRACE_STATES),
  assessments: z.array(WireAssessment).optional(),
  trace_metadata: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
});

/** `spans` are OpenTelemetry's, as JSON of protocol buffers. */
export const WireTrace = z.object({ trace_info: WireTraceInfo, spans: z.array(z.looseObject({})).optional() });

const Time = z
  .string({ error: () => missingParameter("request_time") })
  .max(40)
  .refine((text) => /^[0-9]{4}-/.test(text) && Number.isFinite(Date.parse(text)), {
    error: "must be a time such as 2026-01-31T12:00:00.000Z",
  })
  .transform((text) => Date.parse(text));

const Duration = z
  .string()
  .regex(/^[0-9]{1,9}(\.[0-9]{1,9})?s$/, "must be seconds such as 0.25s")
  .transform((text) => Math.round(Number(text.slice(0, -1)) * 1000));

const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((texts) => texts ?? {});

/** A trace as it is told. */
export const GivenTrace = z.looseObject({
  trace_info: z.looseObject({
    trace_id: requiredText("trace_id"),
    client_request_id: z.string().max(1_000).nullish(),
    trace_location: TraceLocation,
    request_preview: z.string().nullish(),
    response_preview: z.string().nullish(),
    request_time: Time,
    execution_duration: Duration.nullish(),
    state: z
      .union([z.enum(TRACE_STATES), z.literal([0, 1, 2, 3]).transform((at) => TRACE_STATES[at])])
      .nullish()
      .transform((state) => state ?? "STATE_UNSPECIFIED"),
    assessments: z
      .array(WireGivenAssessment)
      .max(1_000)
      .nullish()
      .transform((given) => given ?? []),
    trace_metadata: Texts,
    tags: Texts,
  }),
});

export function fromWireTrace({ trace_info: given }: z.infer<typeof GivenTrace>): ToldTrace {
  return {
    id: given.trace_id,
    experimentId: given.trace_location.mlflow_experiment.experiment_id,
    requestedAt: given.request_time,
    durationMs: given.execution_duration ?? null,
    state: given.state,
    requestPreview: given.request_preview ?? null,
    responsePreview: given.response_preview ?? null,
    clientRequestId: given.client_request_id ?? null,
    tags: given.tags,
    metadata: given.trace_metadata,
    assessments: given.assessments.map(fromWireAssessment),
  };
}

/** A reply of text that is JSON already. */
export function jsonReply(json: string): Response {
  return makeResponse(json, 200, { "Content-Type": "application/json; charset=utf-8" });
}
