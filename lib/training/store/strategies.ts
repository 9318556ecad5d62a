import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { RunStatus } from "#lib/tracking/status.ts";
import type { StrategyStatus } from "#lib/training/status.ts";

export interface StrategyRunRow {
  id: string;
  experimentId: string;
  strategy: string;
  status: StrategyStatus;
  modelName: string;
  bestRunId: string | null;
  createdBy: string;
  createdAt: Date;
  endedAt: Date | null;
}

export interface StrategyMember {
  runId: string;
  name: string;
  status: RunStatus;
  position: number;
  epochs: number;
  epochsDone: number;
  /** 0..1; null until evaluated. */
  testAccuracy: number | null;
  startedAt: Date | null;
  endedAt: Date | null;
}

const COLUMNS = `id, experiment_id::text AS "experimentId", strategy, status, model_name AS "modelName",
  best_run_id AS "bestRunId", created_by AS "createdBy", created_at AS "createdAt", ended_at AS "endedAt"`;

export async function insertStrategyRun(
  tx: Tx,
  row: { id: string; experimentId: string; strategy: string; modelName: string; createdBy: string },
): Promise<void> {
  await querySql(
    tx,
    `INSERT INTO strategy_run (id, project_id, experiment_id, strategy, status, model_name, created_by, created_at)
     VALUES ($1, $2, $3::bigint, $4, 'RUNNING', $5, $6, $7)`,
    [row.id, tx.projectId, row.experimentId, row.strategy, row.modelName, row.createdBy, tx.clock.now()],
  );
}

export async function selectStrategyRun(
  ctx: Ctx,
  id: string,
  options: { lock?: boolean } = {},
): Promise<StrategyRunRow | null> {
  const [row] = await querySql<StrategyRunRow>(
    ctx,
    `SELECT ${COLUMNS} FROM strategy_run WHERE id = $1 AND project_id = $2${options.lock ? " FOR UPDATE" : ""}`,
    [id, ctx.projectId],
  );
  return row ?? null;
}

/** Newest first. */
export async function selectStrategyRuns(ctx: Ctx, limit: number): Promise<StrategyRunRow[]> {
  return querySql(
    ctx,
    `SELECT ${COLUMNS} FROM strategy_run WHERE project_id = $1 ORDER BY created_at DESC, id LIMIT $2::int`,
    [ctx.projectId, limit],
  );
}

/** The runs of a strategy by position; deleted ones are left out. */
export async function selectMembers(ctx: Ctx, strategyRunId: string): Promise<StrategyMember[]> {
  return querySql(
    ctx,
    `SELECT r.id AS "runId", r.name, r.status, j.position, (j.spec ->> 'epochs')::int AS epochs,
       j.epochs_done AS "epochsDone", (j.evaluation ->> 'accuracy')::float8 AS "testAccuracy",
       r.started_at AS "startedAt", r.ended_at AS "endedAt"
     FROM training_job j JOIN run r ON r.id = j.run_id
     WHERE j.strategy_run_id = $1 AND r.lifecycle_stage = 'active' ORDER BY j.position`,
    [strategyRunId],
  );
}

export async function updateStrategyRun(
  tx: Tx,
  id: string,
  change: { status: StrategyStatus; bestRunId: string | null },
): Promise<void> {
  await querySql(
    tx,
    `UPDATE strategy_run SET status = $2, best_run_id = $3,
       ended_at = CASE WHEN $2 = 'RUNNING' THEN NULL ELSE $4::timestamptz END WHERE id = $1`,
    [id, change.status, change.bestRunId, tx.clock.now()],
  );
}

/** Runs `setting` as a lock and a mark: true the first time only. */
export async function markOnce(tx: Tx, key: string): Promise<boolean> {
  const rows = await querySql<{ key: string }>(
    tx,
    `INSERT INTO setting (key, value, updated_at) VALUES ($1, 'true'::jsonb, $2) ON CONFLICT (key) DO NOTHING RETURNING key`,
    [key, tx.clock.now()],
  );
  return rows.length === 1;
}

/** Whether the project has any run at all, deleted ones included. */
export async function hasRuns(ctx: Ctx): Promise<boolean> {
  const [row] = await querySql<{ any: boolean }>(
    ctx,
    "SELECT EXISTS (SELECT 1 FROM run WHERE project_id = $1) AS any",
    [ctx.projectId],
  );
  return row?.any ?? false;
}
