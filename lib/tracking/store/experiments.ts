import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { Experiment } from "#lib/tracking/schemas.ts";

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
