import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, compare, compileFilter, parameters } from "#lib/platform/filter/compile.ts";
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
    compileFilter(selection.filter, (comparison) => conditionOf(comparison, bind)),
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

function conditionOf(comparison: Comparison, bind: Bind): string {
  const { field, comparator } = comparison;
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
