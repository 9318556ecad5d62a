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
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
  error: RunError | null;
}

/** For `FROM run r JOIN experiment e ON e.id = r.experiment_id`. */
export const RUN_COLUMNS = `r.id, r.no::text AS no, r.experiment_id::text AS "experimentId",
  e.name AS "experimentName", r.name, r.status, r.lifecycle_stage AS "lifecycleStage", r.created_by AS "createdBy",
  r.created_at AS "createdAt", r.started_at AS "startedAt", r.ended_at AS "endedAt", r.error`;

export function runHead(row: RunRow) {
  const { no: _, createdAt, startedAt, endedAt, ...rest } = row;
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

export async function insertRun(
  ctx: Ctx,
  run: { id: string; experimentId: string; name: string; status: RunStatus; createdBy: string },
): Promise<string> {
  const [row] = await querySql<{ no: string }>(
    ctx,
    `INSERT INTO run (id, project_id, experiment_id, name, status, created_by, request_id, created_at, started_at)
     VALUES ($1, $2, $3::bigint, $4, $5, $6, $7, $8, CASE WHEN $5 = 'RUNNING' THEN $8::timestamptz END)
     RETURNING no::text AS no`,
    [run.id, ctx.projectId, run.experimentId, run.name, run.status, run.createdBy, ctx.requestId, ctx.clock.now()],
  );
  return row?.no ?? "";
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
  await querySql(tx, "UPDATE run SET name = $2 WHERE id = $1", [id, name]);
}

export async function updateLifecycle(tx: Tx, id: string, stage: "active" | "deleted"): Promise<void> {
  await querySql(
    tx,
    `UPDATE run SET lifecycle_stage = $2, deleted_at = CASE WHEN $2 = 'deleted' THEN $3::timestamptz END WHERE id = $1`,
    [id, stage, tx.clock.now()],
  );
}
