import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { decodeCursor, encodeCursor } from "#lib/platform/pagination.ts";
import { toMetricValue } from "#lib/tracking/metric-value.ts";
import type { RunListQuery, RunPage } from "#lib/tracking/schemas.ts";
import { RUN_GRAMMAR } from "#lib/tracking/search-grammars.ts";
import { selectEntries } from "#lib/tracking/store/entries.ts";
import { type RunMark, type RunOrder, selectRunPage } from "#lib/tracking/store/list-runs.ts";
import { selectLatest } from "#lib/tracking/store/metrics.ts";
import { runHead } from "#lib/tracking/store/runs.ts";

/** The columns of a list that asked for none in particular. */
const USUAL = {
  metrics: ["accuracy", "loss", "val_accuracy", "val_loss", "test_accuracy", "test_loss"],
  params: ["architecture", "batch_size", "epochs", "learning_rate", "seed"],
  tags: ["dataset", "dataset.synthetic", "engine", "strategy", "strategy_run", "message"],
};

/**
 * A page of runs: filtered, sorted, by keyset, so that page 1,000 costs what page 1 does. Runs that lack the metric
 * sorted by come last.
 *
 * @throws InvalidError the cursor is of another list, or the filter cannot be understood: with the place
 */
export async function listRuns(ctx: Ctx, query: RunListQuery): Promise<RunPage> {
  requireScope(ctx, "tracking:read");
  const order = parseOrder(query.sort);
  const filter = {
    experimentId: query.experiment,
    statuses: query.status,
    text: query.q,
    expression: query.filter === undefined ? undefined : parseFilter(RUN_GRAMMAR, query.filter),
    lifecycle: query.lifecycle,
  };
  const rows = await selectRunPage(ctx, filter, order, {
    after: parseMark(query.cursor, order),
    limit: query.limit + 1,
  });
  const page = rows.slice(0, query.limit);
  const ids = page.map((row) => row.id);
  const [latest, params, tags] = await Promise.all([
    selectLatest(
      ctx,
      page.map((row) => row.no),
      query.metrics ?? USUAL.metrics,
    ),
    selectEntries(ctx, "run_param", ids, query.params ?? USUAL.params),
    selectEntries(ctx, "run_tag", ids, query.tags ?? USUAL.tags),
  ]);
  const items = page.map(({ sort: _, ...row }) => ({
    ...runHead(row),
    metrics: Object.fromEntries((latest.get(row.no) ?? []).map(({ key, value }) => [key, toMetricValue(value)])),
    params: params.get(row.id) ?? {},
    tags: tags.get(row.id) ?? {},
  }));
  const last = page.at(-1);
  const more = rows.length > page.length && last !== undefined;
  return more ? { items, nextCursor: encodeCursor([last.sort === null ? "" : `=${last.sort}`, last.no]) } : { items };
}

function parseOrder(sort: string): RunOrder {
  const descending = sort.startsWith("-");
  const name = descending ? sort.slice(1) : sort;
  if (name === "created" || name === "name") {
    return { by: name, descending };
  }
  return { by: { metric: name.slice("metric:".length) }, descending };
}

function isFloatOverflow(text: string): boolean {
  return !text.endsWith("Infinity") && !Number.isFinite(Number(text));
}

/** @throws InvalidError the cursor is of another list, or of another order */
function parseMark(cursor: string | undefined, order: RunOrder): RunMark | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const [sort = "", no = ""] = decodeCursor(cursor, 2).map(String);
  const value = sort.startsWith("=") ? sort.slice(1) : null;
  // Postgres refuses what JavaScript takes for Infinity, such as 1e999.
  const isNumber = value === null || (/^-?(\d+(\.\d+)?(e[+-]?\d+)?|Infinity)$/.test(value) && !isFloatOverflow(value));
  if (!/^\d{1,18}$/.test(no) || (typeof order.by === "object" && !isNumber)) {
    throw new InvalidError("The cursor is not one of this list in this order.", {
      details: [{ field: "cursor", problem: "of another list", remedy: "Begin again without a cursor." }],
    });
  }
  return { sort: value, no };
}
