import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { listExperiments } from "#lib/tracking/list-experiments.ts";
import type { TraceState } from "#lib/tracking/store/traces.ts";
import { searchTraces } from "#lib/tracking/traces/search-traces.ts";
import { type TraceSummary, toTraceSummary } from "#lib/tracking/traces/trace-summary.ts";

export interface TraceQuery {
  /** All of the project when absent. */
  experimentId?: string | undefined;
  runId?: string | undefined;
  state?: TraceState | undefined;
  /** A filter of MLflow's, or a part of a name, or an id. */
  q?: string | undefined;
  cursor?: string | undefined;
}

const PAGE_SIZE = 50;
/** What a filter has and a name hardly. */
const IS_FILTER = /[=<>]|\b(I?LIKE|IN|IS)\b/;

/**
 * A page of traces, newest first.
 *
 * @throws InvalidError the filter or the cursor cannot be understood
 */
export async function listTraces(ctx: Ctx, query: TraceQuery): Promise<{ items: TraceSummary[]; nextCursor?: string }> {
  requireScope(ctx, "tracking:read");
  const { experimentId, runId, state, q, cursor } = query;
  const experiments = experimentId === undefined ? await listExperiments(ctx) : [];
  const active = experiments.filter(({ lifecycleStage }) => lifecycleStage === "active").map(({ id }) => id);
  const conditions = [
    ...(state === undefined ? [] : [`status = ${quoted(state)}`]),
    ...(runId === undefined ? [] : [`run_id = ${quoted(runId)}`]),
    ...(q === undefined ? [] : [`(${IS_FILTER.test(q) ? q : named(q)})`]),
  ];
  const page = await searchTraces(ctx, {
    experimentIds: experimentId === undefined ? active : [experimentId],
    filter: conditions.join(" AND "),
    limit: PAGE_SIZE,
    orderBy: [],
    pageToken: cursor,
  });
  const { nextPageToken } = page;
  return {
    items: page.items.map(toTraceSummary),
    ...(nextPageToken !== undefined && { nextCursor: nextPageToken }),
  };
}

function named(words: string): string {
  return `name ILIKE ${quoted(`%${words}%`)} OR request_id = ${quoted(words)}`;
}

/** A text as filters write it; names have no backslashes. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "").replaceAll("'", "''")}'`;
}
