import type { Ctx } from "#lib/platform/ctx.ts";
import { type Bind, parameters } from "#lib/platform/filter/compile.ts";
import type { Field, Filter, OrderTerm } from "#lib/platform/filter/filter.ts";
import type { Found, PageOf } from "#lib/platform/filter/found-page.ts";
import { isAfter, type Marks, markOf, orderBy, type SortKey } from "#lib/platform/filter/keyset.ts";
import { querySql } from "#lib/platform/sql.ts";
import { attributeOf, keyId, pointColumn, runFilterCondition, START } from "#lib/tracking/store/run-filter.ts";
import { type RunPlace, selectRunTexts } from "#lib/tracking/store/run-json.ts";

/** The statements are about `run r`; the n-th field ordered by is joined as `s<n>`. */

export interface RunSelection extends PageOf {
  experimentIds: string[];
  filter: Filter;
  lifecycle: "active" | "deleted" | "all";
  order: OrderTerm[];
}

/** Runs that answer to the filter, in order, and one more than `limit` where there are more. Of one that is purged meanwhile the text is empty. */
export async function selectFoundRuns(ctx: Ctx, selection: RunSelection): Promise<Found[]> {
  const keys = runSortKeys(selection.order);
  const soon = await selectByMetric(ctx, selection);
  const page = soon ?? (await querySql<PageRow>(ctx, ...pageStatement(ctx, selection, keys)));
  const texts = await selectRunTexts(ctx, page);
  return page.map(({ id, marks }) => ({ json: texts.get(id) ?? "", marks }));
}

/** A run of the page with the marks that the page after it begins at. */
type PageRow = RunPlace & { marks: Marks };

/**
 * The page of an order that begins with a metric, by the metric's index. Undefined: it reaches into the runs without a
 * value, which the index does not hold, or does not begin with a metric.
 */
async function selectByMetric(ctx: Ctx, selection: RunSelection): Promise<PageRow[] | undefined> {
  const [first] = selection.order;
  if (first?.field.type !== "metric" || first.field.point !== "last" || selection.after?.[0] === null) return undefined;
  const [value, missing, ...rest] = runSortKeys(selection.order);
  if (value === undefined || missing === undefined) return undefined;
  const keys = [
    { ...value, expression: "s0.value", nullable: false },
    { ...missing, expression: "0::bigint" },
    ...rest,
  ];
  const rows = await querySql<PageRow>(ctx, ...pageStatement(ctx, selection, keys, "s0.value < 'NaN'"));
  return rows.length > selection.limit ? rows : undefined;
}

/** @param only a condition on top */
function pageStatement(ctx: Ctx, selection: RunSelection, keys: SortKey[], only?: string): [string, unknown[]] {
  const { values, bind } = parameters();
  const { filter, lifecycle, order, after, experimentIds } = selection;
  const project = bind(ctx.projectId);
  const [experiment, ...others] = experimentIds;
  const where = [
    `r.project_id = ${project}`,
    // One by itself can be read in the order of its index.
    others.length === 0
      ? `r.experiment_id = ${bind(experiment)}::text::bigint`
      : `r.experiment_id = ANY(${bind(experimentIds)}::text[]::bigint[])`,
    ...(lifecycle === "all" ? [] : [`r.lifecycle_stage = ${bind(lifecycle)}`]),
    runFilterCondition(filter, project, bind),
    ...(only === undefined ? [] : [only]),
    ...(after === undefined ? [] : [isAfter(keys, after, bind)]),
  ];
  const marks = keys.map((key) => markOf(key, key.expression));
  const text = `SELECT r.id, r.no, ARRAY[${marks.join(", ")}] AS marks
    FROM run r ${order.map(({ field }, index) => joinOf(field, `s${index}`, project, bind)).join(" ")}
    WHERE ${where.join(" AND ")}
    ORDER BY ${orderBy(keys)} LIMIT ${bind(selection.limit + 1)}::int`;
  return [text, values];
}

/** Newest start first after whatever was asked for, then by id. */
export function runSortKeys(order: readonly OrderTerm[]): SortKey[] {
  const asked = order.flatMap((term, index) => sortKeysOf(term, `s${index}`));
  const named = (key: string) => order.some(({ field }) => field.type === "attribute" && field.key === key);
  return [
    ...asked,
    ...(named("start_time") ? [] : [{ expression: START, type: "time", descending: true, nullable: false } as const]),
    ...(named("run_id") ? [] : [{ expression: "r.id", type: "id", descending: false, nullable: false } as const]),
  ];
}

function sortKeysOf({ field, descending }: OrderTerm, alias: string): SortKey[] {
  if (field.type === "attribute") {
    const { sql, type, nullable } = attributeOf(field);
    return [{ expression: sql, type, nullable, descending }];
  }
  if (field.type !== "metric") return [{ expression: `${alias}.value`, type: "text", descending, nullable: true }];
  const value = `${alias}.${pointColumn(field)}`;
  return [
    { expression: `nullif(${value}, 'NaN')`, type: "float8", descending, nullable: true },
    // Runs whose value is NaN before those without one.
    { expression: `(${value} IS NULL)::int`, type: "bigint", descending: false, nullable: false },
  ];
}

function joinOf(field: Field, alias: string, project: string, bind: Bind): string {
  if (field.type === "metric") {
    return `LEFT JOIN latest_metric ${alias} ON ${alias}.run_no = r.no AND ${alias}.key_id = ${keyId(field, project, bind)}`;
  }
  if (field.type === "param" || field.type === "tag") {
    return `LEFT JOIN run_${field.type} ${alias} ON ${alias}.run_id = r.id AND ${alias}.key = ${bind(field.key)}`;
  }
  return "";
}
