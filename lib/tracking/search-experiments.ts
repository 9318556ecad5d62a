import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";
import { EXPERIMENT_GRAMMAR } from "#lib/tracking/search-grammars.ts";
import type { RunSearch } from "#lib/tracking/search-runs.ts";
import { experimentSortKeys, selectFoundExperiments } from "#lib/tracking/store/search-experiments.ts";

/**
 * Experiments that answer to a filter over their attributes and tags, newest first unless told, a page at a time.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchExperiments(ctx: Ctx, search: Omit<RunSearch, "experimentIds">): Promise<FoundPage> {
  requireScope(ctx, "tracking:read");
  const { limit, lifecycle = "active", orderBy = [] } = search;
  const filter = parseFilter(EXPERIMENT_GRAMMAR, search.filter);
  const order = parseOrder(EXPERIMENT_GRAMMAR, orderBy);
  const query = ["experiments", ctx.projectId, search.filter ?? "", lifecycle, orderBy];
  const after = decodePageToken(query, experimentSortKeys(order), search.pageToken);
  const found = await selectFoundExperiments(ctx, { filter, lifecycle, order, after, limit });
  return toFoundPage(found, limit, query);
}
