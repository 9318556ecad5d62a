/** Runs as the JSON of the MLflow wire, made by Postgres: a page of 1,000 runs has 30,000 entries, which JavaScript need not see. */

/** What {@link runAsJson} reads of `run r`. */
export const RUN_PAGE_COLUMNS = `r.id, r.no, r.name, r.experiment_id, r.user_id, r.created_by, r.status, r.lifecycle_stage,
  r.created_at, r.started_at, r.ended_at`;

/** JSON writes neither NaN nor an infinity: NaN travels as a word, an infinity as the largest number. */
const DOUBLE = (value: string) => `CASE ${value} WHEN 'NaN' THEN '"NaN"' WHEN 'Infinity' THEN '1.7976931348623157e308'
  WHEN '-Infinity' THEN '-1.7976931348623157e308' ELSE ${value}::text END`;

const millis = (time: string) => `(extract(epoch FROM ${time}) * 1000)::bigint`;

/** A text that is null when nothing is there. */
const list = (item: string, from: string) => `(SELECT string_agg(${item}, ',') FROM ${from})`;

/** `"name":[…]`, and a comma before it when something went before; nothing when the list is empty. */
const field = (name: string, items: string) => `coalesce('"${name}":[' || ${items} || ']', '')`;

/** Fields that may each be empty, with commas between those that are not. */
const object = (...fields: string[]) =>
  `'{' || concat_ws(',', ${fields.map((one) => `nullif(${one}, '')`).join(", ")}) || '}'`;

const entries = (table: string, run: string) =>
  list(
    `'{"key":' || to_json(t.key)::text || ',"value":' || to_json(t.value)::text || '}'`,
    `${table} t WHERE t.run_id = ${run}.id`,
  );

/** An expression of type text. `run` has {@link RUN_PAGE_COLUMNS}. */
export function runAsJson(run: string): string {
  const metrics = list(
    `'{"key":' || to_json(k.name)::text || ',"value":' || ${DOUBLE("l.value")} || ',"timestamp":' || l.at || ',"step":' || l.step || '}'`,
    `latest_metric l JOIN metric_key k ON k.id = l.key_id WHERE l.run_no = ${run}.no`,
  );
  const datasets = list(
    `json_build_object('tags', (SELECT coalesce(json_agg(json_build_object('key', g.key, 'value', g.value)), '[]')
         FROM jsonb_each_text(i.tags) g),
       'dataset', json_strip_nulls(json_build_object('name', d.name, 'digest', d.digest, 'source_type', d.source_type,
         'source', d.source, 'schema', d.schema, 'profile', d.profile)))::text`,
    `run_input i JOIN input_dataset d ON d.id = i.dataset_id WHERE i.run_id = ${run}.id`,
  );
  const inputs = list(
    `json_build_object('model_id', x.model_id)::text`,
    `run_model x WHERE x.run_id = ${run}.id AND x.direction = 'input'`,
  );
  const outputs = list(
    `json_build_object('model_id', x.model_id, 'step', x.step)::text`,
    `run_model x WHERE x.run_id = ${run}.id AND x.direction = 'output'`,
  );
  return `'{"info":' || ${infoAsJson(run)}
    || ',"data":' || ${object(field("metrics", metrics), field("params", entries("run_param", run)), field("tags", entries("run_tag", run)))}
    || ',"inputs":' || ${object(field("dataset_inputs", datasets), field("model_inputs", inputs))}
    || ',"outputs":' || ${object(field("model_outputs", outputs))} || '}'`;
}

function infoAsJson(run: string): string {
  return `'{"run_uuid":"' || ${run}.id || '","run_id":"' || ${run}.id || '","run_name":' || to_json(${run}.name)::text
    || ',"experiment_id":"' || ${run}.experiment_id || '","user_id":' || to_json(coalesce(${run}.user_id, ${run}.created_by))::text
    || ',"status":"' || CASE ${run}.status WHEN 'QUEUED' THEN 'SCHEDULED' WHEN 'CANCELLED' THEN 'KILLED' ELSE ${run}.status END
    || '","start_time":' || ${millis(`coalesce(${run}.started_at, ${run}.created_at)`)}
    || coalesce(',"end_time":' || ${millis(`${run}.ended_at`)}, '')
    || ',"artifact_uri":"mlflow-artifacts:/' || ${run}.experiment_id || '/' || ${run}.id || '/artifacts"'
    || ',"lifecycle_stage":"' || ${run}.lifecycle_stage || '"}'`;
}
