import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import { ASSESSMENT_JSON } from "#lib/tracking/store/trace-json.ts";

/** An assessment as it is stored. Times are Unix milliseconds. */
export interface AssessmentRow {
  id: string;
  kind: "feedback" | "expectation";
  name: string;
  /** Its value and error as JSON, as clients read it. */
  content: string;
  value: string;
  number: number | null;
  sourceType: string;
  sourceId: string | null;
  spanId: string | null;
  rationale: string | null;
  metadata: Record<string, string>;
  overrides: string | null;
  valid: boolean;
  createdBy: string;
  createdAt: number;
  updatedAt: number;
}

/** Whether the trace is there; nothing else changes its assessments until the transaction ends. */
export async function lockTrace(tx: Tx, traceId: string): Promise<boolean> {
  const sql = "SELECT id FROM trace WHERE project_id = $1 AND id = $2 FOR UPDATE";
  return (await querySql<{ id: string }>(tx, sql, [tx.projectId, traceId])).length === 1;
}

/** One that is there by its id stays as it is. */
export async function insertAssessment(tx: Tx, traceId: string, row: AssessmentRow): Promise<void> {
  const at = (place: string) => `timestamptz 'epoch' + ${place}::text::bigint * interval '1 millisecond'`;
  await querySql(
    tx,
    `INSERT INTO trace_assessment (project_id, trace_id, id, kind, name, content, value, number, source_type, source_id,
       span_id, rationale, metadata, overrides, valid, created_by, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::float8, $9, $10, $11, $12, $13::text::jsonb, $14, $15::text::boolean,
       $16, ${at("$17")}, ${at("$18")})
     ON CONFLICT (project_id, trace_id, id) DO NOTHING`,
    [
      ...[tx.projectId, traceId, row.id, row.kind, row.name, row.content, row.value],
      ...[row.number === null ? null : String(row.number), row.sourceType, row.sourceId, row.spanId, row.rationale],
      ...[JSON.stringify(row.metadata), row.overrides, String(row.valid), row.createdBy],
      ...[String(row.createdAt), String(row.updatedAt)],
    ],
  );
}

/** As JSON; undefined when the trace has none of that id. */
export async function selectAssessment(ctx: Ctx, traceId: string, id: string): Promise<string | undefined> {
  const [row] = await querySql<{ json: string }>(
    ctx,
    `SELECT ${ASSESSMENT_JSON} AS json FROM trace_assessment a WHERE a.project_id = $1 AND a.trace_id = $2 AND a.id = $3`,
    [ctx.projectId, traceId, id],
  );
  return row?.json;
}

export async function selectAssessmentKind(tx: Tx, traceId: string, id: string): Promise<string | undefined> {
  const sql = "SELECT kind FROM trace_assessment WHERE project_id = $1 AND trace_id = $2 AND id = $3";
  return (await querySql<{ kind: string }>(tx, sql, [tx.projectId, traceId, id]))[0]?.kind;
}

export async function countAssessments(tx: Tx, traceId: string): Promise<number> {
  const sql = "SELECT count(*)::int AS count FROM trace_assessment WHERE project_id = $1 AND trace_id = $2";
  return (await querySql<{ count: number }>(tx, sql, [tx.projectId, traceId]))[0]?.count ?? 0;
}

/** What is absent stays; metadata is added. */
export interface AssessmentChange {
  name?: string | undefined;
  value?: Pick<AssessmentRow, "content" | "value" | "number"> | undefined;
  rationale?: string | null | undefined;
  metadata: Record<string, string>;
  /** Unix milliseconds. */
  updatedAt: number;
}

export async function changeAssessment(
  tx: Tx,
  traceId: string,
  id: string,
  { name, value, rationale, metadata, updatedAt }: AssessmentChange,
): Promise<void> {
  await querySql(
    tx,
    `UPDATE trace_assessment SET name = coalesce($4, name), content = coalesce($5, content), value = coalesce($6, value),
       number = CASE WHEN $5::text IS NULL THEN number ELSE $7::text::float8 END, rationale = coalesce($8, rationale),
       metadata = metadata || $9::text::jsonb, updated_at = timestamptz 'epoch' + $10::text::bigint * interval '1 millisecond'
     WHERE project_id = $1 AND trace_id = $2 AND id = $3`,
    [
      ...[tx.projectId, traceId, id, name ?? null, value?.content ?? null, value?.value ?? null],
      ...[value === undefined || value.number === null ? null : String(value.number), rationale ?? null],
      ...[JSON.stringify(metadata), String(updatedAt)],
    ],
  );
}

/** False: the trace has none of that id. */
export async function setAssessmentValid(tx: Tx, traceId: string, id: string, valid: boolean): Promise<boolean> {
  const sql = `UPDATE trace_assessment SET valid = $4::text::boolean WHERE project_id = $1 AND trace_id = $2 AND id = $3
    RETURNING id`;
  return (await querySql<{ id: string }>(tx, sql, [tx.projectId, traceId, id, String(valid)])).length === 1;
}

/** What was removed; undefined when there was none. */
export async function removeAssessment(
  tx: Tx,
  traceId: string,
  id: string,
): Promise<{ name: string; kind: string; overrides: string | null } | undefined> {
  const sql = `DELETE FROM trace_assessment WHERE project_id = $1 AND trace_id = $2 AND id = $3
    RETURNING name, kind, overrides`;
  const rows = await querySql<{ name: string; kind: string; overrides: string | null }>(tx, sql, [
    ...[tx.projectId, traceId, id],
  ]);
  return rows[0];
}
