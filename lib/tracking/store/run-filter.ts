import { type Bind, compare, compileFilter } from "#lib/platform/filter/compile.ts";
import type { Comparison, Field, Filter } from "#lib/platform/filter/filter.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";

/** Characters of a param's or tag's value that the indexes `run_param_value` and `run_tag_value` hold. */
const INDEXED = 100;
/** When a run began. */
export const START = "coalesce(r.started_at, r.created_at)";
const ATTRIBUTES: Record<string, { sql: string; type: SortKey["type"]; nullable: boolean }> = {
  run_id: { sql: "r.id::text", type: "text", nullable: false },
  run_name: { sql: "r.name", type: "text", nullable: false },
  user_id: { sql: "coalesce(r.user_id, r.created_by)", type: "text", nullable: false },
  // As the wire names them.
  status: {
    sql: "(CASE r.status WHEN 'QUEUED' THEN 'SCHEDULED' WHEN 'CANCELLED' THEN 'KILLED' ELSE r.status END)",
    type: "text",
    nullable: false,
  },
  artifact_uri: {
    sql: "('mlflow-artifacts:/' || r.experiment_id || '/' || r.id || '/artifacts')",
    type: "text",
    nullable: false,
  },
  start_time: { sql: START, type: "time", nullable: false },
  end_time: { sql: "r.ended_at", type: "time", nullable: true },
};

/** A condition on `run r`: its values, params, tags and datasets. `project` is a placeholder of the project's id. */
export function runFilterCondition(filter: Filter, project: string, bind: Bind): string {
  return compileFilter(filter, (comparison) => conditionOf(comparison, project, bind));
}

function conditionOf(comparison: Comparison, project: string, bind: Bind): string {
  const { field, comparator } = comparison;
  if (field.type === "attribute") return attributeCondition(comparison, bind);
  if (field.type === "metric") {
    return `EXISTS (SELECT 1 FROM latest_metric m WHERE m.run_no = r.no AND m.key_id = ${keyId(field, project, bind)}
      AND ${compare(`m.${pointColumn(field)}`, comparison, bind)})`;
  }
  if (field.type === "dataset") {
    const value = field.key === "context" ? "i.tags ->> 'mlflow.data.context'" : `d.${field.key}`;
    return `EXISTS (SELECT 1 FROM run_input i JOIN input_dataset d ON d.id = i.dataset_id
      WHERE i.run_id = r.id AND ${compare(`(${value})`, comparison, bind)})`;
  }
  const entry = `SELECT 1 FROM run_${field.type} x WHERE x.run_id = r.id AND x.key = ${bind(field.key)}`;
  if (comparator === "IS NULL") return `NOT EXISTS (${entry})`;
  if (comparator === "IS NOT NULL") return `EXISTS (${entry})`;
  return `EXISTS (${entry} AND ${compareEntry(comparison, bind)})`;
}

/** Of a value that must be one of a few the index has the beginning, which is all of it where it is short. */
function compareEntry(comparison: Comparison, bind: Bind): string {
  const { comparator, value } = comparison;
  if (value === null || (comparator !== "=" && comparator !== "IN")) return compare("x.value", comparison, bind);
  const isShort = [value].flat().every((text) => String(text).length < INDEXED);
  if (isShort) return compare(`left(x.value, ${INDEXED})`, comparison, bind);
  return compare("x.value", comparison, bind);
}

function attributeCondition(comparison: Comparison, bind: Bind): string {
  const { sql, type } = attributeOf(comparison.field);
  return compare(type === "time" ? `(extract(epoch FROM ${sql}) * 1000)::float8` : sql, comparison, bind);
}

/** The column of an attribute. */
export function attributeOf({ key }: Field) {
  const attribute = ATTRIBUTES[key];
  if (attribute === undefined) throw new Error(`no column for the attribute ${key}`);
  return attribute;
}

/** The column of `latest_metric` that holds the point of a metric. */
export function pointColumn({ point }: Field): string {
  return { last: "value", min: "min", max: "max" }[point];
}

/** The number of a metric's name. */
export function keyId({ key }: Field, project: string, bind: Bind): string {
  return `(SELECT id FROM metric_key WHERE project_id = ${project} AND name = ${bind(key)})`;
}
