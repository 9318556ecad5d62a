import type { Ctx } from "#lib/platform/ctx.ts";
import type { Bind } from "#lib/platform/filter/compile.ts";
import type { Filter } from "#lib/platform/filter/filter.ts";
import { querySql } from "#lib/platform/sql.ts";
import type { RunStatus } from "#lib/tracking/status.ts";
import { runFilterCondition } from "#lib/tracking/store/run-filter.ts";
import { RUN_COLUMNS, type RunRow } from "#lib/tracking/store/runs.ts";

export interface RunFilter {
  experimentId?: string | undefined;
  statuses?: RunStatus[] | undefined;
  text?: string | undefined;
  /** What was written as `filter`. */
  expression?: Filter | undefined;
  lifecycle: "active" | "deleted";
}

/** How a list is ordered: a column, or a metric's newest value. Ties are broken by the run's number, newest first. */
export interface RunOrder {
  by: "created" | "name" | { metric: string };
  descending: boolean;
}

/** The sort value of a row (null: the run lacks the metric, or it is NaN; such runs come last) and its number. */
export interface RunMark {
  sort: string | null;
  no: string;
}

/** One page by keyset: rows after `after` in the order, at most `limit`. */
export async function selectRunPage(
  ctx: Ctx,
  filter: RunFilter,
  order: RunOrder,
  page: { after?: RunMark | undefined; limit: number },
): Promise<(RunRow & { sort: string | null })[]> {
  const params: unknown[] = [];
  const bind = (value: unknown) => `$${params.push(value)}`;
  const { expression, type, join } = sortExpression(order, ctx, bind);
  const where = [
    ...runConditions(ctx, filter, bind),
    ...keysetCondition(order, page.after, { expression, type }, bind),
  ];
  const direction = order.descending ? "DESC" : "ASC";
  // Where nothing is null the order is that of an index, and must not say otherwise.
  const nulls = typeof order.by === "object" ? " NULLS LAST" : "";
  const ties = order.by === "created" ? "" : ", r.no DESC";
  return querySql(
    ctx,
    `SELECT ${RUN_COLUMNS}, (${expression})::text AS sort
     FROM run r JOIN experiment e ON e.id = r.experiment_id ${join}
     WHERE ${where.join(" AND ")}
     ORDER BY ${expression} ${direction}${nulls}${ties}
     LIMIT ${bind(page.limit)}::int`,
    params,
  );
}

function sortExpression(order: RunOrder, ctx: Ctx, bind: Bind) {
  if (order.by === "created") {
    // The number counts up with the insertions: the same order as the time, and unique.
    return { expression: "r.no", type: "bigint", join: "" };
  }
  if (order.by === "name") {
    return { expression: 'r.name COLLATE "C"', type: "text", join: "" };
  }
  const key = `(SELECT id FROM metric_key WHERE project_id = ${bind(ctx.projectId)} AND name = ${bind(order.by.metric)})`;
  return {
    expression: "nullif(m.value, 'NaN')",
    type: "float8",
    join: `LEFT JOIN latest_metric m ON m.run_no = r.no AND m.key_id = ${key}`,
  };
}

/** What holds for a row `r` of `run` that the filter lets through. */
export function runConditions(ctx: Ctx, filter: RunFilter, bind: Bind): string[] {
  const project = bind(ctx.projectId);
  const conditions = [`r.project_id = ${project}`, `r.lifecycle_stage = ${bind(filter.lifecycle)}`];
  if (filter.expression !== undefined) {
    conditions.push(runFilterCondition(filter.expression, project, bind));
  }
  if (filter.experimentId !== undefined) {
    conditions.push(`r.experiment_id = ${bind(filter.experimentId)}::bigint`);
  }
  if (filter.statuses !== undefined) {
    conditions.push(`r.status = ANY(${bind(filter.statuses)}::text[])`);
  }
  if (filter.text !== undefined && filter.text !== "") {
    const escaped = filter.text.replace(/[\\%_]/g, "\\$&");
    const anywhere = bind(`%${escaped}%`);
    const start = bind(`${escaped.toLowerCase()}%`);
    conditions.push(
      `(r.name ILIKE ${anywhere} OR r.id LIKE ${start}
        OR EXISTS (SELECT 1 FROM run_tag t WHERE t.run_id = r.id AND t.value ILIKE ${anywhere}))`,
    );
  }
  return conditions;
}

function keysetCondition(
  order: RunOrder,
  after: RunMark | undefined,
  sort: { expression: string; type: string },
  bind: Bind,
): string[] {
  if (after === undefined) {
    return [];
  }
  const no = `${bind(after.no)}::text::bigint`;
  if (order.by === "created") {
    return [`r.no ${order.descending ? "<" : ">"} ${no}`];
  }
  if (after.sort === null) {
    return [`${sort.expression} IS NULL AND r.no < ${no}`];
  }
  const value = `${bind(after.sort)}::text::${sort.type}`;
  const beyond = order.descending ? "<" : ">";
  return [
    `(${sort.expression} ${beyond} ${value} OR (${sort.expression} = ${value} AND r.no < ${no}) OR ${sort.expression} IS NULL)`,
  ];
}
