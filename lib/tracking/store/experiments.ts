import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { Experiment, ExperimentDetail } from "#lib/tracking/schemas.ts";

interface ExperimentRow {
  id: string;
  name: string;
  lifecycle_stage: "active" | "deleted";
  run_count: number;
  created_at: Date;
  updated_at: Date;
}

const COLUMNS = `e.id::text AS id, e.name, e.lifecycle_stage, e.created_at, e.updated_at,
  (SELECT count(*)::int FROM run r WHERE r.experiment_id = e.id AND r.lifecycle_stage = 'active') AS run_count`;

function toExperiment(row: ExperimentRow): Experiment {
  return {
    id: row.id,
    name: row.name,
    lifecycleStage: row.lifecycle_stage,
    runCount: row.run_count,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

export async function selectExperiments(ctx: Ctx): Promise<Experiment[]> {
  const rows = await querySql<ExperimentRow>(
    ctx,
    `SELECT ${COLUMNS} FROM experiment e WHERE e.project_id = $1 AND e.lifecycle_stage = 'active' ORDER BY e.id`,
    [ctx.projectId],
  );
  return rows.map(toExperiment);
}

export async function selectExperiment(ctx: Ctx, by: { id: string } | { name: string }): Promise<Experiment | null> {
  const [column, value] = "id" in by ? ["e.id = $2::bigint", by.id] : ["e.name = $2", by.name];
  const [row] = await querySql<ExperimentRow>(
    ctx,
    `SELECT ${COLUMNS} FROM experiment e WHERE e.project_id = $1 AND ${column}`,
    [ctx.projectId, value],
  );
  return row === undefined ? null : toExperiment(row);
}

/** False when the name is taken. */
export async function insertExperiment(ctx: Ctx, name: string): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `INSERT INTO experiment (project_id, name, created_at, updated_at) VALUES ($1, $2, $3, $3)
     ON CONFLICT (project_id, name) DO NOTHING RETURNING id::text AS id`,
    [ctx.projectId, name, ctx.clock.now()],
  );
  return rows.length === 1;
}

interface DetailRow extends Omit<ExperimentRow, "run_count"> {
  /** JSON */
  tags: string;
}

/** With its tags, without counting its runs. */
export async function selectExperimentDetail(
  ctx: Ctx,
  by: { id: string } | { name: string },
  options: { lock?: boolean } = {},
): Promise<ExperimentDetail | null> {
  const [column, value] = "id" in by ? ["e.id = $2::bigint", by.id] : ["e.name = $2", by.name];
  const [row] = await querySql<DetailRow>(
    ctx,
    `SELECT e.id::text AS id, e.name, e.lifecycle_stage, e.created_at, e.updated_at,
       (SELECT coalesce(json_object_agg(t.key, t.value ORDER BY t.key), '{}')::text
        FROM experiment_tag t WHERE t.experiment_id = e.id) AS tags
     FROM experiment e WHERE e.project_id = $1 AND ${column}${options.lock ? " FOR UPDATE OF e" : ""}`,
    [ctx.projectId, value],
  );
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    lifecycleStage: row.lifecycle_stage,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
    tags: JSON.parse(row.tags),
  };
}

/** False when the name is taken. */
export async function updateExperimentName(tx: Tx, id: string, name: string): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    tx,
    `UPDATE experiment SET name = $2, updated_at = $3
     WHERE id = $1::bigint AND NOT EXISTS (
       SELECT 1 FROM experiment o WHERE o.project_id = $4 AND o.name = $2 AND o.id <> $1::bigint)
     RETURNING id::text AS id`,
    [id, name, tx.clock.now(), tx.projectId],
  );
  return rows.length === 1;
}

/** Deletes it and its active runs, all at one time. Returns how many runs. */
export async function markExperimentDeleted(tx: Tx, id: string): Promise<number> {
  const now = tx.clock.now();
  await querySql(
    tx,
    "UPDATE experiment SET lifecycle_stage = 'deleted', deleted_at = $2, updated_at = $2 WHERE id = $1::bigint",
    [id, now],
  );
  const runs = await querySql<{ id: string }>(
    tx,
    `UPDATE run SET lifecycle_stage = 'deleted', deleted_at = $2
     WHERE experiment_id = $1::bigint AND lifecycle_stage = 'active' RETURNING id`,
    [id, now],
  );
  return runs.length;
}

/** Restores it and the runs that were deleted with it. Returns how many runs. */
export async function markExperimentActive(tx: Tx, id: string): Promise<number> {
  const runs = await querySql<{ id: string }>(
    tx,
    `UPDATE run r SET lifecycle_stage = 'active', deleted_at = NULL FROM experiment e
     WHERE e.id = $1::bigint AND r.experiment_id = e.id AND r.deleted_at = e.deleted_at RETURNING r.id`,
    [id],
  );
  await querySql(
    tx,
    "UPDATE experiment SET lifecycle_stage = 'active', deleted_at = NULL, updated_at = $2 WHERE id = $1::bigint",
    [id, tx.clock.now()],
  );
  return runs.length;
}

/** Whether a worker still does, or will do, one of its runs. */
export async function hasManagedRunUnderWay(tx: Tx, id: string): Promise<boolean> {
  const rows = await querySql<{ id: string }>(
    tx,
    `SELECT id FROM run WHERE experiment_id = $1::bigint AND managed AND status IN ('QUEUED', 'RUNNING')
       AND lifecycle_stage = 'active' LIMIT 1`,
    [id],
  );
  return rows.length === 1;
}

export async function upsertExperimentTags(ctx: Ctx, id: string, tags: [string, string][]): Promise<void> {
  await querySql(
    ctx,
    `INSERT INTO experiment_tag (experiment_id, key, value)
     SELECT $1::bigint, key, value FROM unnest($2::text[], $3::text[]) AS g(key, value) ORDER BY key
     ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value`,
    [id, tags.map(([key]) => key), tags.map(([, value]) => value)],
  );
}

/** False when there was none. */
export async function removeExperimentTag(ctx: Ctx, id: string, key: string): Promise<boolean> {
  const rows = await querySql<{ key: string }>(
    ctx,
    "DELETE FROM experiment_tag WHERE experiment_id = $1::bigint AND key = $2 RETURNING key",
    [id, key],
  );
  return rows.length === 1;
}
