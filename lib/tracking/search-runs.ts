import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";
import { searchedExperimentIds } from "#lib/tracking/search-experiment-ids.ts";
import { RUN_GRAMMAR } from "#lib/tracking/search-grammars.ts";
import { runSortKeys, selectFoundRuns } from "#lib/tracking/store/search-runs.ts";

export type Lifecycle = "active" | "deleted" | "all";

export interface RunSearch {
  experimentIds: string[];
  /** See `lib/platform/filter`. */
  filter?: string | null | undefined;
  /** Default `active`. */
  lifecycle?: Lifecycle | undefined;
  /** At most so many. */
  limit: number;
  /** Such as `metrics.loss ASC`; then by start, newest first, then by id. */
  orderBy?: readonly string[] | undefined;
  pageToken?: string | null | undefined;
}

/**
 * Runs of the named experiments that answer to a filter, with their newest metrics, params and tags, a page at a time.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchRuns(ctx: Ctx, search: RunSearch): Promise<FoundPage> {
  requireScope(ctx, "tracking:read");
  const filter = parseFilter(RUN_GRAMMAR, search.filter);
  const order = parseOrder(RUN_GRAMMAR, search.orderBy ?? []);
  const lifecycle = search.lifecycle ?? "active";
  const given = [...search.experimentIds].sort();
  const query = ["runs", ctx.projectId, given, search.filter ?? "", lifecycle, search.orderBy ?? []];
  const after = decodePageToken(query, runSortKeys(order), search.pageToken);
  const experimentIds = await searchedExperimentIds(ctx, given);
  if (experimentIds.length === 0) return { items: [] };
  const { limit } = search;
  const found = await selectFoundRuns(ctx, { experimentIds, filter, lifecycle, order, after, limit });
  const page = toFoundPage(found, limit, query);
  return { ...page, items: page.items.filter((json) => json !== "") };
}
