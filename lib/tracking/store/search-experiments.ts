import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
import type { Comparison, Filter, OrderTerm } from "#lib/platform/filter/filter.ts";
import { type Found, type PageOf, selectFound } from "#lib/platform/filter/found-page.ts";
import { entries, field, millis, object, quoted } from "#lib/platform/filter/json-sql.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";

export interface ExperimentSelection extends PageOf {
  filter: Filter;
  lifecycle: "active" | "deleted" | "all";
  order: OrderTerm[];
}

/** How each attribute is compared and ordered by. */
const COLUMNS: Record<string, { compared: string; ordered: string; type: SortKey["type"] }> = {
  name: { compared: "e.name", ordered: "e.name", type: "text" },
  experiment_id: { compared: "e.id::text", ordered: "e.id", type: "bigint" },
  creation_time: { compared: `${millis("e.created_at")}::float8`, ordered: "e.created_at", type: "time" },
  last_update_time: { compared: `${millis("e.updated_at")}::float8`, ordered: "e.updated_at", type: "time" },
};

/** The same fields as `lib/mlflow/wire/experiment.ts` has. */
const JSON_TEXT = object(
  field("experiment_id", `'"' || e.id || '"'`),
  field("name", quoted("e.name")),
  field("artifact_location", `'"mlflow-artifacts:/' || e.id || '"'`),
  field("lifecycle_stage", `'"' || e.lifecycle_stage || '"'`),
  field("creation_time", millis("e.created_at")),
  field("last_update_time", millis("e.updated_at")),
  entries("tags", "experiment_tag t WHERE t.experiment_id = e.id"),
);

export async function selectFoundExperiments(ctx: Ctx, selection: ExperimentSelection): Promise<Found[]> {
  const statement = parameters();
  const { bind } = statement;
  const { filter, lifecycle, order } = selection;
  const where = [
    `e.project_id = ${bind(ctx.projectId)}`,
    ...(lifecycle === "all" ? [] : [`e.lifecycle_stage = ${bind(lifecycle)}`]),
    compileFilter(filter, (comparison) => conditionOf(comparison, bind)),
  ];
  const keys = experimentSortKeys(order);
  return selectFound(ctx, { parameters: statement, json: JSON_TEXT, from: "experiment e", where, keys }, selection);
}

/** Without an order: newest first, then by id. After one: the newest id first. */
export function experimentSortKeys(order: readonly OrderTerm[]): SortKey[] {
  const key = (name: string, descending: boolean): SortKey => {
    const { ordered, type } = columnOf(name);
    return { expression: ordered, type, descending, nullable: false };
  };
  if (order.length === 0) return [key("creation_time", true), key("experiment_id", false)];
  const asked = order.map(({ field: { key: name }, descending }) => key(name, descending));
  const byId = order.some(({ field: { key: name } }) => name === "experiment_id");
  return byId ? asked : [...asked, key("experiment_id", true)];
}

function conditionOf(comparison: Comparison, bind: Bind): string {
  const { field: named, comparator } = comparison;
  if (named.type === "attribute") return compare(columnOf(named.key).compared, comparison, bind);
  const tag = `SELECT 1 FROM experiment_tag x WHERE x.experiment_id = e.id AND x.key = ${bind(named.key)}`;
  if (comparator === "IS NULL") return `NOT EXISTS (${tag})`;
  if (comparator === "IS NOT NULL") return `EXISTS (${tag})`;
  return `EXISTS (${tag} AND ${compare("x.value", comparison, bind)})`;
}

function columnOf(key: string) {
  const column = COLUMNS[key];
  if (column === undefined) throw new Error(`no column for the attribute ${key}`);
  return column;
}
