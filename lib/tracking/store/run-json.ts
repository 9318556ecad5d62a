import type { Ctx } from "#lib/platform/ctx.ts";
import { double, entries, field, list, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";
import { querySql } from "#lib/platform/sql.ts";

/** Runs as the JSON of the MLflow wire: the same fields as `lib/mlflow/wire/run.ts` has. */

/** The runs' texts by their ids. One statement for all searches, so that each connection plans it once. */
export async function selectRunTexts(ctx: Ctx, ids: string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await querySql<{ id: string; json: string }>(
    ctx,
    `SELECT r.id, ${runAsJson("r")} AS json
     FROM unnest($1::text[]) AS g(id) JOIN run r ON r.id = g.id::char(32) WHERE r.project_id = $2`,
    [ids, ctx.projectId],
    { name: "run-texts" },
  );
  return new Map(rows.map(({ id, json }) => [id, json]));
}

/** An expression of type text, of a row of `run`. */
function runAsJson(run: string): string {
  const metric = `'{"key":' || ${quoted("k.name")} || ',"value":' || ${double("l.value")} || ',"timestamp":' || l.at
    || ',"step":' || l.step || '}'`;
  return object(
    field("info", infoAsJson(run)),
    field(
      "data",
      object(
        list("metrics", metric, `latest_metric l JOIN metric_key k ON k.id = l.key_id WHERE l.run_no = ${run}.no`),
        entries("params", `run_param t WHERE t.run_id = ${run}.id`),
        entries("tags", `run_tag t WHERE t.run_id = ${run}.id`),
      ),
    ),
    field("inputs", object(datasetsOf(run), modelsOf(run, "input"))),
    field("outputs", object(modelsOf(run, "output"))),
  );
}

function infoAsJson(run: string): string {
  const id = `'"' || ${run}.id || '"'`;
  const status = `CASE ${run}.status WHEN 'QUEUED' THEN 'SCHEDULED' WHEN 'CANCELLED' THEN 'KILLED' ELSE ${run}.status END`;
  return object(
    field("run_uuid", id),
    field("run_id", id),
    field("run_name", quoted(`${run}.name`)),
    field("experiment_id", `'"' || ${run}.experiment_id || '"'`),
    field("user_id", quoted(`coalesce(${run}.user_id, ${run}.created_by)`)),
    field("status", `'"' || ${status} || '"'`),
    field("start_time", millis(`coalesce(${run}.started_at, ${run}.created_at)`)),
    field("end_time", millis(`${run}.ended_at`)),
    field("artifact_uri", `'"mlflow-artifacts:/' || ${run}.experiment_id || '/' || ${run}.id || '/artifacts"'`),
    field("lifecycle_stage", `'"' || ${run}.lifecycle_stage || '"'`),
  );
}

function datasetsOf(run: string): string {
  const dataset = object(
    field("name", quoted("d.name")),
    field("digest", quoted("d.digest")),
    field("source_type", quoted("d.source_type")),
    field("source", quoted("d.source")),
    field("schema", quoted("d.schema")),
    field("profile", quoted("d.profile")),
  );
  const from = `run_input i JOIN input_dataset d ON d.id = i.dataset_id WHERE i.run_id = ${run}.id`;
  const input = object(entries("tags", "jsonb_each_text(i.tags) t"), field("dataset", dataset));
  return list("dataset_inputs", input, from, "ORDER BY d.id");
}

function modelsOf(run: string, direction: "input" | "output"): string {
  const model = object(
    field("model_id", quoted("x.model_id")),
    ...(direction === "output" ? [field("step", "x.step")] : []),
  );
  const from = `run_model x WHERE x.run_id = ${run}.id AND x.direction = '${direction}'`;
  return list(`model_${direction}s`, model, from, "ORDER BY x.step, x.model_id");
}
