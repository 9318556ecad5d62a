import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";
import { searchedExperimentIds } from "#lib/tracking/search-experiment-ids.ts";
import { TRACE_GRAMMAR } from "#lib/tracking/search-grammars.ts";
import { selectFoundTraces, traceSortKeys } from "#lib/tracking/store/search-traces.ts";

interface TraceSearch {
  experimentIds: string[];
  filter?: string | null | undefined;
  limit: number;
  orderBy: string[];
  pageToken?: string | null | undefined;
}

/**
 * Traces of the named experiments that answer to a filter, newest first unless told, a page at a time, without spans.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchTraces(ctx: Ctx, search: TraceSearch): Promise<FoundPage> {
  requireScope(ctx, "tracking:read");
  const { limit, orderBy } = search;
  const filter = parseFilter(TRACE_GRAMMAR, search.filter);
  const order = parseOrder(TRACE_GRAMMAR, orderBy);
  const given = [...search.experimentIds].sort();
  const query = ["traces", ctx.projectId, given, search.filter ?? "", orderBy];
  const after = decodePageToken(query, traceSortKeys(order), search.pageToken);
  const experimentIds = await searchedExperimentIds(ctx, given);
  if (experimentIds.length === 0) return { items: [] };
  const found = await selectFoundTraces(ctx, { experimentIds, filter, order, after, limit });
  return toFoundPage(found, limit, query);
}
