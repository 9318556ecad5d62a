import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
import { type Comparison, comparisonsOf, type Filter } from "#lib/platform/filter/filter.ts";
import { type Found, type PageOf, selectFound } from "#lib/platform/filter/found-page.ts";
import { double, entries, field, list, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";

/** A dataset that a metric was measured on; without a digest, any of the name. */
export interface OnDataset {
  name: string;
  digest?: string | undefined;
}

export type ModelOrder = { descending: boolean } & (
  | { attribute: string }
  | { metric: string; dataset: OnDataset | undefined }
);

export interface LoggedModelSelection extends PageOf {
  experimentIds: string[];
  filter: Filter;
  datasets: readonly OnDataset[];
  order: ModelOrder[];
}

const COLUMNS: Record<string, { column: string; type: SortKey["type"]; nullable?: true }> = {
  name: { column: "m.name", type: "text" },
  model_id: { column: "m.id", type: "text" },
  model_type: { column: "m.model_type", type: "text", nullable: true },
  status: { column: "m.status", type: "text" },
  source_run_id: { column: "m.run_id::text", type: "text", nullable: true },
  experiment_id: { column: "m.experiment_id::text", type: "text" },
  creation_timestamp: { column: "m.created_at", type: "time" },
  last_updated_timestamp: { column: "m.updated_at", type: "time" },
};

const METRIC = object(
  field("key", quoted("x.key")),
  field("value", double("x.value")),
  field("timestamp", "x.at"),
  field("step", "x.step"),
  field("dataset_name", quoted("nullif(x.dataset_name, '')")),
  field("dataset_digest", quoted("nullif(x.dataset_digest, '')")),
  field("model_id", quoted("x.model_id")),
  field("run_id", quoted("x.run_id")),
);

/** The same fields as `lib/mlflow/wire/logged-model.ts` has. */
const JSON_TEXT = object(
  field(
    "info",
    object(
      field("model_id", quoted("m.id")),
      field("experiment_id", `'"' || m.experiment_id || '"'`),
      field("name", quoted("m.name")),
      field("creation_timestamp_ms", millis("m.created_at")),
      field("last_updated_timestamp_ms", millis("m.updated_at")),
      field("artifact_uri", quoted("'mlflow-artifacts:/' || m.experiment_id || '/models/' || m.id || '/artifacts'")),
      field("status", `'"LOGGED_MODEL_' || CASE m.status WHEN 'FAILED' THEN 'UPLOAD_FAILED' ELSE m.status END || '"'`),
      field("status_message", quoted("m.status_message")),
      field("model_type", quoted("m.model_type")),
      field("source_run_id", quoted("m.run_id")),
      entries("tags", "logged_model_tag t WHERE t.model_id = m.id"),
    ),
  ),
  field(
    "data",
    object(
      entries("params", "logged_model_param t WHERE t.model_id = m.id"),
      list("metrics", METRIC, "logged_model_metric x WHERE x.model_id = m.id"),
    ),
  ),
);

export async function selectFoundModels(ctx: Ctx, selection: LoggedModelSelection): Promise<Found[]> {
  const statement = parameters();
  const { bind } = statement;
  const { filter, order, datasets } = selection;
  const measured = comparisonsOf(filter).some(({ field: { type } }) => type === "metric");
  const onDatasets = datasets.length === 0 ? "TRUE" : `(${datasets.map((one) => isOn(one, bind)).join(" OR ")})`;
  const where = [
    `m.project_id = ${bind(ctx.projectId)}`,
    `m.experiment_id = ANY(${bind(selection.experimentIds)}::text[]::bigint[])`,
    "m.deleted_at IS NULL",
    compileFilter(filter, (comparison) => conditionOf(comparison, onDatasets, bind)),
    ...(datasets.length > 0 && !measured
      ? [`EXISTS (SELECT 1 FROM logged_model_metric x WHERE x.model_id = m.id AND ${onDatasets})`]
      : []),
  ];
  const from = `logged_model m ${order.map((term, index) => joinOf(term, `s${index}`, bind)).join(" ")}`;
  const keys = loggedModelSortKeys(order);
  return selectFound(ctx, { parameters: statement, json: JSON_TEXT, from, where, keys }, selection);
}

/** Newest first after whatever was asked for, then by id. The n-th field ordered by is joined as `s<n>`. */
export function loggedModelSortKeys(order: readonly ModelOrder[]): SortKey[] {
  const key = (attribute: string, descending: boolean): SortKey => {
    const { column, type, nullable = false } = columnOf(attribute);
    return { expression: column, type, descending, nullable };
  };
  const asked = order.map((term, index): SortKey => {
    if ("attribute" in term) return key(term.attribute, term.descending);
    const expression = `nullif(s${index}.value, 'NaN')`;
    return { expression, type: "float8", descending: term.descending, nullable: true };
  });
  const named = (name: string) => order.some((term) => "attribute" in term && term.attribute === name);
  return [
    ...asked,
    ...(named("creation_timestamp") ? [] : [key("creation_timestamp", true)]),
    ...(named("model_id") ? [] : [key("model_id", false)]),
  ];
}

/** A model's newest value of a metric. */
function joinOf(term: ModelOrder, alias: string, bind: Bind): string {
  if (!("metric" in term)) return "";
  const on = term.dataset === undefined ? "TRUE" : isOn(term.dataset, bind);
  return `LEFT JOIN LATERAL (SELECT x.value FROM logged_model_metric x
    WHERE x.model_id = m.id AND x.key = ${bind(term.metric)} AND ${on}
    ORDER BY x.at DESC, x.step DESC, x.run_id LIMIT 1) ${alias} ON TRUE`;
}

function isOn({ name, digest }: OnDataset, bind: Bind): string {
  const named = `x.dataset_name = ${bind(name)}`;
  return digest === undefined ? named : `(${named} AND x.dataset_digest = ${bind(digest)})`;
}

function conditionOf(comparison: Comparison, onDatasets: string, bind: Bind): string {
  const { type, key } = comparison.field;
  if (type === "attribute") return attributeCondition(comparison, bind);
  const of = `FROM logged_model_${type} x WHERE x.model_id = m.id AND x.key = ${bind(key)}`;
  const measured = type === "metric" ? ` AND ${onDatasets}` : "";
  return `EXISTS (SELECT 1 ${of} AND ${compare("x.value", comparison, bind)}${measured})`;
}

function attributeCondition(comparison: Comparison, bind: Bind): string {
  const { column, type } = columnOf(comparison.field.key);
  if (type === "time") return compare(`${millis(column)}::float8`, comparison, bind);
  // LOGGED_MODEL_READY is what the wire calls READY.
  const compared =
    comparison.field.key === "status" ? { ...comparison, value: bareStatus(comparison.value) } : comparison;
  return compare(column, compared, bind);
}

function bareStatus(value: Comparison["value"]): Comparison["value"] {
  const bare = (one: string) => one.replace(/^LOGGED_MODEL_(UPLOAD_)?/, "");
  if (typeof value === "string") return bare(value);
  return Array.isArray(value) ? value.map(bare) : value;
}

function columnOf(key: string) {
  const column = COLUMNS[key];
  if (column === undefined) throw new Error(`no column for the attribute ${key}`);
  return column;
}
