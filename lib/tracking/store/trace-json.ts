import { field, list, object, quoted } from "#lib/platform/filter/json-sql.ts";

const time = (at: string) => `to_json(to_char(${at} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))::text`;

/** An assessment `a` as JSON: the same fields as `lib/mlflow/wire/assessment.ts` has. */
export const ASSESSMENT_JSON = object(
  field("assessment_id", quoted("a.id")),
  field("assessment_name", quoted("a.name")),
  field("trace_id", quoted("a.trace_id")),
  field("span_id", quoted("a.span_id")),
  field("source", object(field("source_type", quoted("a.source_type")), field("source_id", quoted("a.source_id")))),
  field("create_time", time("a.created_at")),
  field("last_update_time", time("a.updated_at")),
  `('"' || a.kind || '":' || a.content)`,
  field("rationale", quoted("a.rationale")),
  field("metadata", "nullif(a.metadata, '{}')::text"),
  field("overrides", quoted("a.overrides")),
  field("valid", "a.valid::text"),
);

/** A trace `t` as JSON: the same fields as `lib/mlflow/wire/trace.ts` has. */
export const TRACE_INFO_JSON = object(
  field("trace_id", quoted("t.id")),
  field("client_request_id", quoted("t.client_request_id")),
  field(
    "trace_location",
    `'{"type":"MLFLOW_EXPERIMENT","mlflow_experiment":{"experiment_id":"' || t.experiment_id || '"}}'`,
  ),
  field("request_preview", quoted("t.request_preview")),
  field("response_preview", quoted("t.response_preview")),
  field("request_time", time("t.requested_at")),
  field("execution_duration", `'"' || (t.duration_ms::numeric / 1000)::numeric(20, 3) || 's"'`),
  field("state", `'"' || t.state || '"'`),
  list(
    "assessments",
    ASSESSMENT_JSON,
    "trace_assessment a WHERE a.project_id = t.project_id AND a.trace_id = t.id",
    "ORDER BY a.created_at, a.id",
  ),
  field("trace_metadata", "t.metadata::text"),
  // Where the trace's files are is not stored: an experiment that moves, or a client, has no say in it.
  field(
    "tags",
    `(t.tags || jsonb_build_object('mlflow.artifactLocation', 'mlflow-artifacts:/' || t.experiment_id || '/traces/' || t.id || '/artifacts'))::text`,
  ),
);

/** With its spans, from the first on. */
export const TRACE_JSON = object(
  field("trace_info", TRACE_INFO_JSON),
  list(
    "spans",
    "s.content",
    "trace_span s WHERE s.project_id = t.project_id AND s.trace_id = t.id",
    "ORDER BY s.start_ns, s.id",
  ),
);
