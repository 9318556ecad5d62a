import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { RunError } from "#lib/tracking/schemas.ts";
import type { RunStatus } from "#lib/tracking/status.ts";

/** A run's own row, without what hangs on it. */
export interface RunRow {
  id: string;
  /** The narrow key of metric rows, as decimal text. */
  no: string;
  experimentId: string;
  experimentName: string;
  name: string;
  status: RunStatus;
  lifecycleStage: "active" | "deleted";
  createdBy: string;
  /** Whom a client says it logs for. */
  userId: string | null;
  /** A worker does it: only its job moves the status. */
  managed: boolean;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  error: RunError | null;
}

/** MLflow's clients keep a run's name in a tag as well: both always say the same. */
export const RUN_NAME_TAG = "mlflow.runName";

/** For `FROM run r JOIN experiment e ON e.id = r.experiment_id`. */
export const RUN_COLUMNS = `r.id, r.no::text AS no, r.experiment_id::text AS "experimentId",
  e.name AS "experimentName", r.name, r.status, r.lifecycle_stage AS "lifecycleStage", r.created_by AS "createdBy",
  r.user_id AS "userId", r.managed, r.created_at AS "createdAt", r.started_at AS "startedAt", r.ended_at AS "endedAt", r.error`;

export function runHead(row: RunRow) {
  const { no: _no, userId: _userId, managed: _managed, createdAt, startedAt, endedAt, ...rest } = row;
  return {
    ...rest,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    endedAt: endedAt?.toISOString() ?? null,
    durationMs: startedAt && endedAt ? Math.max(0, endedAt.getTime() - startedAt.getTime()) : null,
  };
}

export async function selectRun(ctx: Ctx, id: string, options: { lock?: boolean } = {}): Promise<RunRow | null> {
  const [row] = await querySql<RunRow>(
    ctx,
    `SELECT ${RUN_COLUMNS} FROM run r JOIN experiment e ON e.id = r.experiment_id
     WHERE r.id = $1 AND r.project_id = $2${options.lock ? " FOR UPDATE OF r" : ""}`,
    [id, ctx.projectId],
  );
  return row ?? null;
}

export interface NewRunRow {
  id: string;
  experimentId: string;
  name: string;
  status: RunStatus;
  createdBy: string;
  userId: string | null;
  managed: boolean;
  /** When it began; by the server's clock for a run that begins now. */
  startedAt: Date | null;
  params: [string, string][];
  tags: [string, string][];
}

/** Inserts a run with its params and tags in one statement. Null when the project has no such active experiment. */
export async function insertRun(ctx: Ctx, run: NewRunRow): Promise<RunRow | null> {
  const [row] = await querySql<RunRow>(
    ctx,
    `WITH e AS (
       SELECT id, name FROM experiment WHERE project_id = $1 AND id = $2::bigint AND lifecycle_stage = 'active'),
     r AS (
       INSERT INTO run (id, project_id, experiment_id, name, status, created_by, user_id, managed, request_id, created_at,
         started_at)
       SELECT $3, $1, e.id, $4, $5, $6, $7, $8::boolean, $9, $10::timestamptz, $11::timestamptz FROM e
       RETURNING *),
     p AS (
       INSERT INTO run_param (run_id, key, value)
       SELECT r.id, key, value FROM r, unnest($12::text[], $13::text[]) AS g(key, value)),
     t AS (
       INSERT INTO run_tag (run_id, key, value)
       SELECT r.id, key, value FROM r, unnest($14::text[], $15::text[]) AS g(key, value))
     SELECT ${RUN_COLUMNS} FROM r JOIN e ON e.id = r.experiment_id`,
    [
      ...[ctx.projectId, run.experimentId, run.id, run.name, run.status, run.createdBy, run.userId, run.managed],
      ...[ctx.requestId, ctx.clock.now(), run.startedAt],
      ...[run.params.map(([key]) => key), run.params.map(([, value]) => value)],
      ...[run.tags.map(([key]) => key), run.tags.map(([, value]) => value)],
    ],
  );
  return row ?? null;
}

export interface RunInfoChange {
  status: RunStatus | null;
  /** When the client says it ended; null: it does not say. */
  endedAt: Date | null;
  name: string | null;
}

/**
 * What a client says of its own run, in one statement. An end without a time is now; a run that goes on has none. Null
 * when there is no such active run, or a worker does it and its status would change.
 */
export async function updateRunInfo(ctx: Ctx, id: string, change: RunInfoChange): Promise<RunRow | null> {
  const [row] = await querySql<RunRow>(
    ctx,
    `WITH r AS (
       UPDATE run SET name = coalesce($5, name), status = coalesce($3, status),
         error = CASE WHEN $3 IS NULL OR $3 = status THEN error END,
         started_at = CASE WHEN $3 = 'RUNNING' THEN coalesce(started_at, $6::timestamptz) ELSE started_at END,
         ended_at = CASE WHEN $4::timestamptz IS NOT NULL THEN $4::timestamptz
           WHEN $3 IS NULL THEN ended_at
           WHEN $3 IN ('FINISHED', 'FAILED', 'CANCELLED') THEN coalesce(ended_at, $6::timestamptz) END
       WHERE id = $1 AND project_id = $2 AND lifecycle_stage = 'active'
         AND (NOT managed OR (coalesce($3, status) = status AND $4::timestamptz IS NULL))
       RETURNING *),
     t AS (
       INSERT INTO run_tag (run_id, key, value) SELECT id, '${RUN_NAME_TAG}', $5 FROM r WHERE $5 IS NOT NULL
       ON CONFLICT (run_id, key) DO UPDATE SET value = excluded.value)
     SELECT ${RUN_COLUMNS} FROM r JOIN experiment e ON e.id = r.experiment_id`,
    [id, ctx.projectId, change.status, change.endedAt, change.name, ctx.clock.now()],
  );
  return row ?? null;
}

/** Writes a status that the caller has checked against the transitions, on a row that it holds locked. */
export async function updateRunStatus(tx: Tx, id: string, to: RunStatus, error: RunError | null): Promise<void> {
  const now = tx.clock.now();
  const over = to === "FINISHED" || to === "FAILED" || to === "CANCELLED";
  await querySql(
    tx,
    `UPDATE run SET status = $2, error = $3::jsonb,
       -- A retry (QUEUED after an end) starts the clock anew; a run that was handed back keeps it.
       started_at = CASE WHEN $2 = 'RUNNING' THEN coalesce(started_at, $4::timestamptz)
         WHEN $2 = 'QUEUED' AND ended_at IS NOT NULL THEN NULL ELSE started_at END,
       ended_at = CASE WHEN $5::boolean THEN $4::timestamptz ELSE NULL END
     WHERE id = $1`,
    [id, to, error === null ? null : JSON.stringify(error), now, over],
  );
}

export async function updateRunName(tx: Tx, id: string, name: string): Promise<void> {
  await querySql(
    tx,
    `WITH r AS (UPDATE run SET name = $2 WHERE id = $1)
     UPDATE run_tag SET value = $2 WHERE run_id = $1 AND key = '${RUN_NAME_TAG}'`,
    [id, name],
  );
}

export async function updateLifecycle(tx: Tx, id: string, stage: "active" | "deleted"): Promise<void> {
  await querySql(
    tx,
    `UPDATE run SET lifecycle_stage = $2, deleted_at = CASE WHEN $2 = 'deleted' THEN $3::timestamptz END WHERE id = $1`,
    [id, stage, tx.clock.now()],
  );
}
