import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, parameters } from "#lib/platform/filter/compile.ts";
import type { Comparison, Filter, OrderTerm } from "#lib/platform/filter/filter.ts";
import { type Found, type PageOf, selectFound } from "#lib/platform/filter/found-page.ts";
import { millis } from "#lib/platform/filter/json-sql.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";
import { TRACE_INFO_JSON } from "#lib/tracking/store/trace-json.ts";

export interface TraceSelection extends PageOf {
  experimentIds: string[];
  filter: Filter;
  order: OrderTerm[];
}

const COLUMNS: Record<string, { column: string; type: SortKey["type"]; nullable?: true }> = {
  request_id: { column: "t.id", type: "text" },
  experiment_id: { column: "t.experiment_id::text", type: "text" },
  status: { column: "t.state", type: "text" },
  client_request_id: { column: "t.client_request_id", type: "text", nullable: true },
  name: { column: "t.tags ->> 'mlflow.traceName'", type: "text", nullable: true },
  run_id: { column: "t.metadata ->> 'mlflow.sourceRun'", type: "text", nullable: true },
  timestamp_ms: { column: "t.requested_at", type: "time" },
  execution_time_ms: { column: "t.duration_ms", type: "bigint", nullable: true },
  end_time_ms: { column: `(${millis("t.requested_at")} + t.duration_ms)`, type: "bigint", nullable: true },
};

export async function selectFoundTraces(ctx: Ctx, selection: TraceSelection): Promise<Found[]> {
  const statement = parameters();
  const { bind } = statement;
  const where = [
    `t.project_id = ${bind(ctx.projectId)}`,
    `t.experiment_id = ANY(${bind(selection.experimentIds)}::text[]::bigint[])`,
    conditionOfAll(selection.filter, bind),
  ];
  const keys = traceSortKeys(selection.order);
  return selectFound(ctx, { parameters: statement, json: TRACE_INFO_JSON, from: "trace t", where, keys }, selection);
}

/** Newest first after whatever was asked for, then by id. */
export function traceSortKeys(order: readonly OrderTerm[]): SortKey[] {
  const key = (name: string, descending: boolean): SortKey => {
    const { column, type, nullable = false } = columnOf(name);
    return { expression: `(${column})`, type, descending, nullable };
  };
  const named = (name: string) => order.some(({ field }) => field.key === name);
  return [
    ...order.map(({ field, descending }) => key(field.key, descending)),
    ...(named("timestamp_ms") ? [] : [key("timestamp_ms", true)]),
    ...(named("request_id") ? [] : [key("request_id", false)]),
  ];
}

/** Comparisons of spans that stand together with AND ask for one span that answers to all of them. */
function conditionOfAll(filter: Filter, bind: Bind): string {
  if (filter.kind === "comparison") return conditionOf(filter, bind);
  if (filter.parts.length === 0) return "TRUE";
  if (filter.kind === "or") return `(${filter.parts.map((part) => conditionOfAll(part, bind)).join(" OR ")})`;
  const ofSpans = filter.parts.filter(isOfSpan);
  const others = filter.parts.filter((part) => !isOfSpan(part)).map((part) => conditionOfAll(part, bind));
  return `(${[...others, ...(ofSpans.length === 0 ? [] : [hasSpan(ofSpans, bind)])].join(" AND ")})`;
}

function isOfSpan(part: Filter): part is Comparison {
  return part.kind === "comparison" && part.field.type === "span";
}

function hasSpan(comparisons: readonly Comparison[], bind: Bind): string {
  const conditions = comparisons.map((comparison) => spanCondition(comparison, bind));
  return `EXISTS (SELECT 1 FROM trace_span s WHERE s.project_id = t.project_id AND s.trace_id = t.id
    AND ${conditions.join(" AND ")})`;
}

const SPAN_COLUMNS: Record<string, string> = {
  name: "s.name",
  type: "s.type",
  status: "s.status",
  content: "s.content",
};
/** An AnyValue `e` as a text: what has a type of its own without it, the rest as JSON. */
const ANY_VALUE = `coalesce(e -> 'value' ->> 'string_value', e -> 'value' ->> 'int_value', e -> 'value' ->> 'double_value',
  e -> 'value' ->> 'bool_value', (e -> 'value')::text)`;

function spanCondition(comparison: Comparison, bind: Bind): string {
  const { key } = comparison.field;
  const column = SPAN_COLUMNS[key];
  if (column !== undefined) return compare(column, comparison, bind);
  return `EXISTS (SELECT 1 FROM jsonb_array_elements(s.content::jsonb -> 'attributes') e
    WHERE e ->> 'key' = ${bind(key.slice("attributes.".length))}::text AND ${compare(ANY_VALUE, comparison, bind)})`;
}

/** Those that nothing took the place of. */
function assessmentCondition(comparison: Comparison, bind: Bind): string {
  const { field, comparator, value } = comparison;
  const about = `a.project_id = t.project_id AND a.trace_id = t.id AND a.valid
    AND a.kind = ${bind(field.type)}::text AND a.name = ${bind(field.key)}::text`;
  const exists = (condition: string) => `EXISTS (SELECT 1 FROM trace_assessment a WHERE ${about}${condition})`;
  if (comparator === "IS NULL") return `NOT ${exists("")}`;
  if (comparator === "IS NOT NULL") return exists("");
  return exists(` AND ${compare(typeof value === "number" ? "a.number" : "a.value", comparison, bind)}`);
}

function conditionOf(comparison: Comparison, bind: Bind): string {
  const { field, comparator } = comparison;
  if (field.type === "span") return hasSpan([comparison], bind);
  if (field.type === "feedback" || field.type === "expectation") return assessmentCondition(comparison, bind);
  if (field.type === "attribute" && field.key === "text") {
    return hasSpan([{ ...comparison, field: { type: "span", key: "content", point: "last" } }], bind);
  }
  if (field.type === "attribute") {
    const { column, type } = columnOf(field.key);
    if (type === "time") return compare(`${millis(column)}::float8`, comparison, bind);
    return compare(type === "bigint" ? `(${column})::float8` : `(${column})`, comparison, bind);
  }
  const entry = `(t.${field.type === "metadata" ? "metadata" : "tags"} ->> ${bind(field.key)}::text)`;
  if (comparator === "IS NULL" || comparator === "IS NOT NULL") return `${entry} ${comparator}`;
  return compare(entry, comparison, bind);
}

function columnOf(key: string) {
  const column = COLUMNS[key];
  if (column === undefined) throw new Error(`no column for the attribute ${key}`);
  return column;
}
