import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import { TRACE_INFO_JSON, TRACE_JSON } from "#lib/tracking/store/trace-json.ts";

export const TRACE_STATES = ["STATE_UNSPECIFIED", "OK", "ERROR", "IN_PROGRESS"] as const;
export type TraceState = (typeof TRACE_STATES)[number];

/** Whose files a trace's are, and of which experiment it is. */
export async function selectTraceOwner(
  ctx: Ctx,
  id: string,
): Promise<{ fileKey: string; experimentId: string } | null> {
  const [row] = await querySql<{ fileKey: string; experimentId: string }>(
    ctx,
    `SELECT file_key AS "fileKey", experiment_id::text AS "experimentId" FROM trace WHERE project_id = $1 AND id = $2`,
    [ctx.projectId, id],
  );
  return row ?? null;
}

/** What is known of a trace. Times are Unix milliseconds. */
export interface TraceInfo {
  id: string;
  experimentId: string;
  requestedAt: number;
  durationMs: number | null;
  state: TraceState;
  requestPreview: string | null;
  responsePreview: string | null;
  clientRequestId: string | null;
  tags: Record<string, string>;
  metadata: Record<string, string>;
}

/** A span as it is stored. */
export interface SpanRow {
  traceId: string;
  /** 16 hex digits. */
  id: string;
  /** Unix nanoseconds. */
  startNs: bigint;
  name: string;
  type: string | null;
  status: string;
  content: string;
}

const INSERT = `INSERT INTO trace (project_id, id, experiment_id, requested_at, duration_ms, state, request_preview,
    response_preview, client_request_id, tags, metadata, told)
  VALUES ($1, $2, $3::text::bigint, timestamptz 'epoch' + $4::text::bigint * interval '1 millisecond', $5::text::bigint,
    $6, $7, $8, $9, $10::text::jsonb, $11::text::jsonb, $12::text::boolean)
  ON CONFLICT (project_id, id) DO UPDATE SET`;

/** What the client tells itself counts more than what its spans show. False: the trace is another experiment's. */
export async function upsertToldTrace(tx: Tx, trace: TraceInfo): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    tx,
    `${INSERT} requested_at = excluded.requested_at, duration_ms = excluded.duration_ms, state = excluded.state,
       request_preview = excluded.request_preview, response_preview = excluded.response_preview,
       client_request_id = excluded.client_request_id, tags = trace.tags || excluded.tags,
       metadata = trace.metadata || excluded.metadata, told = true
     WHERE trace.experiment_id = excluded.experiment_id RETURNING id`,
    valuesOf(tx, trace, true),
  );
  return rows.length === 1;
}

/** What spans show, of a trace whose client has not told more. False: the trace is another experiment's. */
export async function upsertShownTrace(tx: Tx, trace: TraceInfo): Promise<boolean> {
  const end = (row: string) => `${row}.requested_at + coalesce(${row}.duration_ms, 0) * interval '1 millisecond'`;
  const start = "least(trace.requested_at, excluded.requested_at)";
  const length = `(extract(epoch FROM greatest(${end("trace")}, ${end("excluded")}) - ${start}) * 1000)::bigint`;
  const unlessTold = (column: string, value: string) =>
    `${column} = CASE WHEN trace.told THEN trace.${column} ELSE ${value} END`;
  const rows = await querySql<{ id: string }>(
    tx,
    `${INSERT} ${unlessTold("requested_at", start)}, ${unlessTold("duration_ms", length)},
       ${unlessTold("state", "CASE excluded.state WHEN 'IN_PROGRESS' THEN trace.state ELSE excluded.state END")},
       tags = excluded.tags || trace.tags, metadata = excluded.metadata || trace.metadata
     WHERE trace.experiment_id = excluded.experiment_id RETURNING id`,
    valuesOf(tx, trace, false),
  );
  return rows.length === 1;
}

function valuesOf(tx: Tx, trace: TraceInfo, told: boolean): unknown[] {
  return [
    ...[tx.projectId, trace.id, trace.experimentId, String(trace.requestedAt)],
    ...[trace.durationMs === null ? null : String(trace.durationMs), trace.state, trace.requestPreview],
    ...[trace.responsePreview, trace.clientRequestId, JSON.stringify(trace.tags), JSON.stringify(trace.metadata)],
    String(told),
  ];
}

/** What a trace has in all. */
export interface TraceSize {
  id: string;
  spans: number;
  /** Of their JSON. */
  bytes: number;
}

/**
 * A span that is sent again takes the place of the first. The traces have to be locked: their sizes are counted on.
 *
 * @returns the size of each trace afterwards
 */
export async function upsertSpans(tx: Tx, spans: readonly SpanRow[]): Promise<TraceSize[]> {
  const rows = await querySql<{ id: string; spans: number; bytes: string }>(
    tx,
    `WITH given AS (
       SELECT trace_id, id, start_ns::bigint, content, name, type, status
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         AS g(trace_id, id, start_ns, content, name, type, status)
     ), before AS (
       SELECT s.trace_id, count(*) AS spans, sum(octet_length(s.content)) AS bytes
       FROM trace_span s JOIN given g ON s.trace_id = g.trace_id AND s.id = g.id WHERE s.project_id = $1 GROUP BY 1
     ), after AS (
       SELECT trace_id, count(*) AS spans, sum(octet_length(content)) AS bytes FROM given GROUP BY 1
     ), put AS (
       INSERT INTO trace_span (project_id, trace_id, id, start_ns, content, name, type, status)
       SELECT $1, trace_id, id, start_ns, content, name, type, status FROM given
       ON CONFLICT (project_id, trace_id, id) DO UPDATE SET start_ns = excluded.start_ns, content = excluded.content,
         name = excluded.name, type = excluded.type, status = excluded.status
     )
     UPDATE trace t SET span_count = t.span_count + after.spans - coalesce(before.spans, 0),
       span_bytes = t.span_bytes + after.bytes - coalesce(before.bytes, 0)
     FROM after LEFT JOIN before USING (trace_id) WHERE t.project_id = $1 AND t.id = after.trace_id
     RETURNING t.id, t.span_count AS spans, t.span_bytes::text AS bytes`,
    [
      tx.projectId,
      spans.map(({ traceId }) => traceId),
      spans.map(({ id }) => id),
      spans.map(({ startNs }) => String(startNs)),
      spans.map(({ content }) => content),
      spans.map(({ name }) => name),
      spans.map(({ type }) => type),
      spans.map(({ status }) => status),
    ],
  );
  return rows.map(({ id, spans: count, bytes }) => ({ id, spans: count, bytes: Number(bytes) }));
}

/** As JSON, by id; those that are not the project's are left out. */
export async function selectTraces(ctx: Ctx, ids: readonly string[], options: { spans: boolean }): Promise<string[]> {
  const rows = await querySql<{ json: string }>(
    ctx,
    `SELECT ${options.spans ? TRACE_JSON : TRACE_INFO_JSON} AS json FROM trace t
     WHERE t.project_id = $1 AND t.id = ANY($2::text[]) ORDER BY array_position($2::text[], t.id)`,
    [ctx.projectId, ids],
  );
  return rows.map(({ json }) => json);
}

/** False: the project has no such trace. */
export async function mergeTraceTag(tx: Tx, id: string, key: string, value: string): Promise<boolean> {
  const sql = `UPDATE trace SET tags = tags || jsonb_build_object($3::text, $4::text)
    WHERE project_id = $1 AND id = $2 RETURNING id`;
  return (await querySql<{ id: string }>(tx, sql, [tx.projectId, id, key, value])).length === 1;
}

/** False: the project has no such trace, or it no such tag. */
export async function removeTraceTag(tx: Tx, id: string, key: string): Promise<boolean> {
  const sql = `UPDATE trace SET tags = tags - $3::text
    WHERE project_id = $1 AND id = $2 AND jsonb_exists(tags, $3::text) RETURNING id`;
  return (await querySql<{ id: string }>(tx, sql, [tx.projectId, id, key])).length === 1;
}

export type DoomedTraces =
  | { ids: readonly string[] }
  /** Unix milliseconds; the oldest first, at most `limit`. */
  | { until: number; limit: number };

/** Removes traces of an experiment with their spans; how many. */
export async function removeTraces(tx: Tx, experimentId: string, doomed: DoomedTraces): Promise<number> {
  const [which, values] =
    "ids" in doomed
      ? ["t.id = ANY($3::text[])", [doomed.ids]]
      : [
          "t.requested_at <= timestamptz 'epoch' + $3::text::bigint * interval '1 millisecond' ORDER BY t.requested_at, t.id LIMIT $4::text::int",
          [String(doomed.until), String(doomed.limit)],
        ];
  const rows = await querySql<{ id: string }>(
    tx,
    `DELETE FROM trace WHERE project_id = $1 AND id IN (
       SELECT t.id FROM trace t WHERE t.project_id = $1 AND t.experiment_id = $2::text::bigint AND ${which}) RETURNING id`,
    [tx.projectId, experimentId, ...values],
  );
  return rows.length;
}
