import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { RunDataset, RunModelLink } from "#lib/tracking/store/run-record.ts";

/** Links datasets to a run; one that the experiment knows by name and digest stays as it is, as does a link. */
export async function insertRunDatasets(
  tx: Tx,
  run: { id: string; experimentId: string },
  datasets: RunDataset[],
): Promise<void> {
  const columns = (["name", "digest", "sourceType", "source", "schema", "profile"] as const).map((column) =>
    datasets.map((dataset) => dataset[column]),
  );
  await querySql(
    tx,
    `INSERT INTO input_dataset (project_id, experiment_id, name, digest, source_type, source, schema, profile)
     SELECT $1, $2::bigint, g.* FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       AS g(name, digest, source_type, source, schema, profile) ORDER BY g.name, g.digest
     ON CONFLICT (experiment_id, name, digest) DO NOTHING`,
    [tx.projectId, run.experimentId, ...columns],
  );
  await querySql(
    tx,
    `INSERT INTO run_input (run_id, dataset_id, tags)
     SELECT $1, d.id, g.tags::jsonb FROM unnest($3::text[], $4::text[], $5::text[]) AS g(name, digest, tags)
     JOIN input_dataset d ON d.experiment_id = $2::bigint AND d.name = g.name AND d.digest = g.digest
     ON CONFLICT (run_id, dataset_id) DO NOTHING`,
    [run.id, run.experimentId, columns[0], columns[1], datasets.map(({ tags }) => JSON.stringify(tags))],
  );
}

/** Links logged models of the project to a run; returns the ids that it does not have. Again changes the step. */
export async function upsertRunModels(
  ctx: Ctx,
  runId: string,
  direction: "input" | "output",
  models: RunModelLink[],
): Promise<string[]> {
  const rows = await querySql<{ id: string }>(
    ctx,
    `WITH given AS (SELECT * FROM unnest($4::text[], $5::text[]::bigint[]) AS g(id, step)),
     linked AS (
       INSERT INTO run_model (run_id, model_id, direction, step)
       SELECT $1, m.id, $2, g.step FROM given g
       JOIN logged_model m ON m.id = g.id AND m.project_id = $3 AND m.deleted_at IS NULL ORDER BY m.id
       ON CONFLICT (run_id, model_id, direction) DO UPDATE SET step = excluded.step
       RETURNING model_id)
     SELECT g.id FROM given g WHERE NOT EXISTS (SELECT 1 FROM linked l WHERE l.model_id = g.id)`,
    [runId, direction, ctx.projectId, models.map(({ modelId }) => modelId), models.map(({ step }) => String(step))],
  );
  return rows.map((row) => row.id);
}
