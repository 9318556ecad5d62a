import type { Ctx } from "#lib/platform/ctx.ts";
import { double, entries, entry, field, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Runs as the JSON of the MLflow wire: the same fields as `lib/mlflow/wire/run.ts` has. */

/** A run by its id and its number. */
export interface RunPlace {
  id: string;
  no: number;
}

const ID = `'"' || r.id || '"'`;
const STATUS = `CASE r.status WHEN 'QUEUED' THEN 'SCHEDULED' WHEN 'CANCELLED' THEN 'KILLED' ELSE r.status END`;
const INFO = object(
  field("run_uuid", ID),
  field("run_id", ID),
  field("run_name", quoted("r.name")),
  field("experiment_id", `'"' || r.experiment_id || '"'`),
  field("user_id", quoted("coalesce(r.user_id, r.created_by)")),
  field("status", `'"' || ${STATUS} || '"'`),
  field("start_time", millis("coalesce(r.started_at, r.created_at)")),
  field("end_time", millis("r.ended_at")),
  field("artifact_uri", `'"mlflow-artifacts:/' || r.experiment_id || '/' || r.id || '/artifacts"'`),
  field("lifecycle_stage", `'"' || r.lifecycle_stage || '"'`),
);
// The beginning of a metric's entry is made once for each name: `OFFSET 0` keeps it below the join, which remembers it.
const METRICS = `SELECT l.run_no AS run, string_agg(k.beginning || ${double("l.value")} || ',"timestamp":' || l.at || ',"step":' || l.step || '}', ',') AS items
  FROM latest_metric l CROSS JOIN LATERAL (
    SELECT '{"key":' || ${quoted("name")} || ',"value":' AS beginning FROM metric_key WHERE id = l.key_id OFFSET 0) k
  WHERE l.run_no = ANY($1::int[]) GROUP BY l.run_no`;

const PARAM_ROWS = `SELECT t.run_id AS run, string_agg(${entry("t")}, ',') AS items FROM run_param t
  WHERE t.run_id = ANY($1::bpchar[]) GROUP BY t.run_id`;

const DATASET = object(
  field("name", quoted("d.name")),
  field("digest", quoted("d.digest")),
  field("source_type", quoted("d.source_type")),
  field("source", quoted("d.source")),
  field("schema", quoted("d.schema")),
  field("profile", quoted("d.profile")),
);
const DATASET_INPUT = object(entries("tags", "jsonb_each_text(i.tags) t"), field("dataset", DATASET));
const MODEL = object(
  field("model_id", quoted("x.model_id")),
  field("step", "CASE x.direction WHEN 'output' THEN x.step END"),
);
// Together, as they are short.
const REST = `SELECT r.id AS run, 'info' AS kind, ${INFO} AS items FROM run r
    WHERE r.id = ANY($1::bpchar[]) AND r.project_id = $2
  UNION ALL SELECT t.run_id, 'tag', string_agg(${entry("t")}, ',') FROM run_tag t
    WHERE t.run_id = ANY($1::bpchar[]) GROUP BY t.run_id
  UNION ALL SELECT i.run_id, 'dataset', string_agg(${DATASET_INPUT}, ',' ORDER BY d.id)
    FROM run_input i JOIN input_dataset d ON d.id = i.dataset_id WHERE i.run_id = ANY($1::bpchar[]) GROUP BY i.run_id
  UNION ALL SELECT x.run_id, x.direction, string_agg(${MODEL}, ',' ORDER BY x.step, x.model_id)
    FROM run_model x WHERE x.run_id = ANY($1::bpchar[]) GROUP BY x.run_id, x.direction`;

/**
 * The texts of the project's runs by their ids. Three statements at once, each over all runs and always the same, so that
 * each connection plans it once. What is written meanwhile may be in one part of a run and not yet in another.
 */
export async function selectRunTexts(ctx: Ctx, runs: readonly RunPlace[]): Promise<Map<string, string>> {
  if (runs.length === 0) return new Map();
  const ids = runs.map(({ id }) => id);
  const nos = runs.map(({ no }) => no);
  const [metrics, params, rest] = await Promise.all([
    selectItems(ctx, "run-metrics", METRICS, [nos]),
    selectItems(ctx, "run-params", PARAM_ROWS, [ids]),
    selectItems(ctx, "run-rest", REST, [ids, ctx.projectId]),
  ]);
  const texts = new Map<string, string>();
  for (const { id, no } of runs) {
    const info = rest.get(`info ${id}`);
    // Purged since the page was found.
    if (info === undefined) continue;
    const data = lists({ metrics: metrics.get(no), params: params.get(id), tags: rest.get(`tag ${id}`) });
    const inputs = lists({ dataset_inputs: rest.get(`dataset ${id}`), model_inputs: rest.get(`input ${id}`) });
    const outputs = lists({ model_outputs: rest.get(`output ${id}`) });
    texts.set(id, `{"info":${info},"data":${data},"inputs":${inputs},"outputs":${outputs}}`);
  }
  return texts;
}

/** What each run has, as JSON with commas between; by the run, or where there are several kinds by `<kind> <run>`. */
async function selectItems(
  ctx: Ctx,
  name: string,
  text: string,
  values: unknown[],
): Promise<Map<string | number, string>> {
  const rows = await querySql<{ run: string | number; kind?: string; items: string }>(ctx, text, values, { name });
  return new Map(rows.map(({ run, kind, items }) => [kind === undefined ? run : `${kind} ${run}`, items]));
}

/** An object of lists; those without items are left out. */
function lists(items: Record<string, string | undefined>): string {
  const fields = Object.entries(items).flatMap(([name, text]) => (text === undefined ? [] : [`"${name}":[${text}]`]));
  return `{${fields.join(",")}}`;
}
