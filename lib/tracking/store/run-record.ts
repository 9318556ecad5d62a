import type { Ctx } from "#lib/platform/ctx.ts";
import { querySql } from "#lib/platform/sql.ts";
import { RUN_COLUMNS, type RunRow } from "#lib/tracking/store/runs.ts";

/** A dataset that a run used, as its client described it. */
export interface RunDataset {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema: string | null;
  profile: string | null;
  /** Such as `mlflow.data.context`. */
  tags: Record<string, string>;
}

/** A logged model that a run used or made. */
export interface RunModelLink {
  modelId: string;
  step: number;
}

export interface RunEntries {
  params: Record<string, string>;
  tags: Record<string, string>;
  datasets: RunDataset[];
  inputModels: RunModelLink[];
  outputModels: RunModelLink[];
}

type AsText = { [Part in keyof RunEntries]: string };

const models = (direction: "input" | "output") =>
  `(SELECT coalesce(json_agg(json_build_object('modelId', m.model_id, 'step', m.step) ORDER BY m.step, m.model_id), '[]')::text
    FROM run_model m WHERE m.run_id = r.id AND m.direction = '${direction}')`;

const entries = (table: "run_param" | "run_tag") =>
  `(SELECT coalesce(json_object_agg(t.key, t.value ORDER BY t.key), '{}')::text FROM ${table} t WHERE t.run_id = r.id)`;

/** A run with all that hangs on it but metrics and files, in one round trip. */
export async function selectRunRecord(ctx: Ctx, id: string): Promise<{ run: RunRow; entries: RunEntries } | null> {
  const [row] = await querySql<RunRow & AsText>(
    ctx,
    `SELECT ${RUN_COLUMNS}, ${entries("run_param")} AS params, ${entries("run_tag")} AS tags,
       (SELECT coalesce(json_agg(json_build_object('name', d.name, 'digest', d.digest, 'sourceType', d.source_type,
            'source', d.source, 'schema', d.schema, 'profile', d.profile, 'tags', i.tags) ORDER BY d.id), '[]')::text
        FROM run_input i JOIN input_dataset d ON d.id = i.dataset_id WHERE i.run_id = r.id) AS datasets,
       ${models("input")} AS "inputModels", ${models("output")} AS "outputModels"
     FROM run r JOIN experiment e ON e.id = r.experiment_id WHERE r.id = $1 AND r.project_id = $2`,
    [id, ctx.projectId],
  );
  if (row === undefined) return null;
  const { params, tags, datasets, inputModels, outputModels, ...run } = row;
  return {
    run,
    entries: {
      params: JSON.parse(params),
      tags: JSON.parse(tags),
      datasets: JSON.parse(datasets),
      inputModels: JSON.parse(inputModels),
      outputModels: JSON.parse(outputModels),
    },
  };
}
