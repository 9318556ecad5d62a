import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";

/** A dataset that runs of an experiment used. */
export interface DatasetSummary {
  experimentId: string;
  name: string;
  digest: string;
  /** What for, such as `train`; null where no run said. */
  context: string | null;
}

export async function selectDatasetSummaries(
  ctx: Ctx,
  experimentIds: string[],
  limit: number,
): Promise<DatasetSummary[]> {
  return querySql<DatasetSummary>(
    ctx,
    `SELECT DISTINCT d.experiment_id::text AS "experimentId", d.name, d.digest,
       i.tags ->> 'mlflow.data.context' AS context
     FROM input_dataset d JOIN run_input i ON i.dataset_id = d.id
     WHERE d.project_id = $1 AND d.experiment_id = ANY($2::text[]::bigint[])
     ORDER BY name, digest, context LIMIT $3::int`,
    [ctx.projectId, experimentIds, limit],
  );
}
