import type { Evaluation } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { RunStatus } from "#lib/tracking/status.ts";
import type { DatasetChoice, RequestedSpec } from "#lib/training/schemas.ts";

/** A training job with the state of its run. */
export interface JobRow {
  runId: string;
  runName: string;
  status: RunStatus;
  lifecycleStage: "active" | "deleted";
  strategyRunId: string | null;
  position: number;
  datasetVersionId: string | null;
  dataset: DatasetChoice;
  spec: RequestedSpec;
  attempt: number;
  epochsDone: number;
  workerId: string | null;
  heartbeatAt: Date | null;
  cancelRequestedAt: Date | null;
  createdAt: Date;
  startedAt: Date | null;
}

const JOB = `SELECT j.run_id AS "runId", r.name AS "runName", r.status, r.lifecycle_stage AS "lifecycleStage",
    j.strategy_run_id AS "strategyRunId", j.position, j.dataset_version_id AS "datasetVersionId",
    j.dataset_source AS dataset, j.spec, j.attempt, j.epochs_done AS "epochsDone", j.worker_id AS "workerId",
    j.heartbeat_at AS "heartbeatAt", j.cancel_requested_at AS "cancelRequestedAt", j.created_at AS "createdAt",
    r.started_at AS "startedAt"
  FROM training_job j JOIN run r ON r.id = j.run_id`;

/** `lock`: the job's row, then the run's: the order in which every transaction of this room takes the two. */
export async function selectJob(ctx: Ctx, runId: string, options: { lock?: boolean } = {}): Promise<JobRow | null> {
  if (options.lock) {
    // Not another project's: who may not know of it must not wait for it either.
    const row = "SELECT run_id FROM training_job WHERE run_id = $1 AND project_id = $2 FOR UPDATE";
    await querySql(ctx, row, [runId, ctx.projectId]);
  }
  const sql = `${JOB} WHERE j.run_id = $1 AND j.project_id = $2${options.lock ? " FOR UPDATE OF r" : ""}`;
  const [row] = await querySql<JobRow>(ctx, sql, [runId, ctx.projectId]);
  return row ?? null;
}

/** What is queued or running in the project, oldest first. */
export async function selectActiveJobs(ctx: Ctx): Promise<JobRow[]> {
  return querySql<JobRow>(
    ctx,
    `${JOB} WHERE j.project_id = $1 AND r.status IN ('QUEUED', 'RUNNING') AND r.lifecycle_stage = 'active' ORDER BY r.no`,
    [ctx.projectId],
  );
}

export async function selectEvaluation(ctx: Ctx, runId: string): Promise<Evaluation | null> {
  const [row] = await querySql<{ evaluation: Evaluation | null }>(
    ctx,
    "SELECT evaluation FROM training_job WHERE run_id = $1",
    [runId],
  );
  return row?.evaluation ?? null;
}

export async function insertJob(
  tx: Tx,
  job: {
    runId: string;
    strategyRunId: string | null;
    position: number;
    dataset: DatasetChoice;
    spec: RequestedSpec;
  },
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO training_job (run_id, project_id, strategy_run_id, position, dataset_source, spec, created_at)
     VALUES ($1, $2, $3, $4::int, $5, $6::jsonb, $7)`,
    [job.runId, tx.projectId, job.strategyRunId, job.position, job.dataset, JSON.stringify(job.spec), tx.clock.now()],
  );
}

/** Takes the run up: the attempt counts up, which fences every older worker. */
export async function takeJob(tx: Tx, runId: string, workerId: string): Promise<number> {
  const [row] = await querySql<{ attempt: number }>(
    tx,
    `UPDATE training_job SET attempt = attempt + 1, worker_id = $2, heartbeat_at = $3 WHERE run_id = $1 RETURNING attempt`,
    [runId, workerId, tx.clock.now()],
  );
  return row?.attempt ?? 0;
}

/** Nobody works on it. `fence`: also counts the attempt up, so that a worker that still does is shut out. */
export async function releaseJob(tx: Tx, runId: string, options: { fence: boolean }): Promise<void> {
  await querySql(
    tx,
    `UPDATE training_job SET worker_id = NULL, heartbeat_at = NULL, attempt = attempt + $2::int WHERE run_id = $1`,
    [runId, options.fence ? 1 : 0],
  );
}

/**
 * A sign of life. Null when another attempt has the run; otherwise whether somebody wants it cancelled.
 */
export async function beat(ctx: Ctx, runId: string, attempt: number): Promise<{ isCancelled: boolean } | null> {
  const [row] = await querySql<{ cancelled: boolean }>(
    ctx,
    `UPDATE training_job SET heartbeat_at = $3 WHERE run_id = $1 AND attempt = $2::int
     RETURNING cancel_requested_at IS NOT NULL AS cancelled`,
    [runId, attempt, ctx.clock.now()],
  );
  return row === undefined ? null : { isCancelled: row.cancelled };
}

/** Locks the job for a write of `attempt`: its epochs so far, or null when another attempt has it. */
export async function lockAttempt(tx: Tx, runId: string, attempt: number): Promise<{ epochsDone: number } | null> {
  const [row] = await querySql<{ epochsDone: number }>(
    tx,
    `SELECT epochs_done AS "epochsDone" FROM training_job WHERE run_id = $1 AND attempt = $2::int FOR UPDATE`,
    [runId, attempt],
  );
  return row ?? null;
}

export async function updateEpochs(tx: Tx, runId: string, epochsDone: number): Promise<void> {
  await querySql(tx, "UPDATE training_job SET epochs_done = $2::int WHERE run_id = $1", [runId, epochsDone]);
}

export async function updateDatasetVersion(tx: Tx, runId: string, datasetVersionId: string): Promise<void> {
  await querySql(tx, "UPDATE training_job SET dataset_version_id = $2 WHERE run_id = $1", [runId, datasetVersionId]);
}

/** The dataset version that the first run of the strategy settled on. */
export async function selectSiblingDataset(ctx: Ctx, strategyRunId: string): Promise<string | undefined> {
  const [row] = await querySql<{ id: string }>(
    ctx,
    `SELECT dataset_version_id AS id FROM training_job
     WHERE strategy_run_id = $1 AND dataset_version_id IS NOT NULL ORDER BY position LIMIT 1`,
    [strategyRunId],
  );
  return row?.id;
}

export async function updateEvaluation(tx: Tx, runId: string, evaluation: Evaluation): Promise<void> {
  await querySql(tx, "UPDATE training_job SET evaluation = $2::jsonb WHERE run_id = $1", [
    runId,
    JSON.stringify(evaluation),
  ]);
}

export async function markCancelRequested(tx: Tx, runId: string): Promise<void> {
  await querySql(
    tx,
    "UPDATE training_job SET cancel_requested_at = coalesce(cancel_requested_at, $2) WHERE run_id = $1",
    [runId, tx.clock.now()],
  );
}

export async function clearForRetry(tx: Tx, runId: string): Promise<void> {
  await querySql(
    tx,
    `UPDATE training_job SET worker_id = NULL, heartbeat_at = NULL, cancel_requested_at = NULL, evaluation = NULL
     WHERE run_id = $1`,
    [runId],
  );
}

/** Runs of every project that wait or whose worker has been silent since `before`. */
export async function selectNeglected(
  ctx: Ctx,
  before: Date,
): Promise<{ projectId: string; runId: string; attempt: number }[]> {
  return querySql(
    ctx,
    `SELECT j.project_id AS "projectId", j.run_id AS "runId", j.attempt
     FROM training_job j JOIN run r ON r.id = j.run_id
     WHERE r.lifecycle_stage = 'active' AND (
       (r.status = 'RUNNING' AND (j.heartbeat_at IS NULL OR j.heartbeat_at < $1))
       OR (r.status = 'QUEUED' AND j.created_at < $1))
     ORDER BY r.no LIMIT 200`,
    [before],
  );
}

/** Running jobs whose worker's id begins with `prefix`, in every project. */
export async function selectByWorker(
  ctx: Ctx,
  prefix: string,
): Promise<{ projectId: string; runId: string; workerId: string }[]> {
  return querySql(
    ctx,
    `SELECT j.project_id AS "projectId", j.run_id AS "runId", j.worker_id AS "workerId"
     FROM training_job j JOIN run r ON r.id = j.run_id
     WHERE r.status = 'RUNNING' AND starts_with(j.worker_id, $1)`,
    [prefix],
  );
}

/** Finished and deleted runs among the ids: their work folders are of no more use. */
export async function selectSettled(ctx: Ctx, runIds: string[]): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `SELECT g.id FROM unnest($1::text[]) AS g(id) LEFT JOIN run r ON r.id = g.id::bpchar
     WHERE r.id IS NULL OR r.status = 'FINISHED' OR r.lifecycle_stage = 'deleted'`,
    [runIds],
  );
  return rows.map((row) => row.id);
}

/** Over all projects, for the gauges. */
export async function countTraining(ctx: Ctx): Promise<{ queued: number; running: number; silenceSeconds: number }> {
  const [row] = await querySql<{ queued: number; running: number; silence: number }>(
    ctx,
    `SELECT count(*) FILTER (WHERE r.status = 'QUEUED')::int AS queued,
       count(*) FILTER (WHERE r.status = 'RUNNING')::int AS running,
       coalesce(max(extract(epoch FROM $1::timestamptz - j.heartbeat_at)) FILTER (WHERE r.status = 'RUNNING'), 0)::int
         AS silence
     FROM training_job j JOIN run r ON r.id = j.run_id
     WHERE r.status IN ('QUEUED', 'RUNNING') AND r.lifecycle_stage = 'active'`,
    [ctx.clock.now()],
  );
  return { queued: row?.queued ?? 0, running: row?.running ?? 0, silenceSeconds: Math.max(0, row?.silence ?? 0) };
}
