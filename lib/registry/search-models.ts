import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";
import { MODEL_GRAMMAR } from "#lib/registry/search-grammars.ts";
import { modelSortKeys, selectFoundModels } from "#lib/registry/store/search-models.ts";

export interface RegistrySearch {
  filter?: string | null | undefined;
  limit: number;
  orderBy?: readonly string[] | undefined;
  pageToken?: string | null | undefined;
}

/**
 * Registered models that answer to a filter, by name unless told, a page at a time; of a key that is confined, its own.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchModels(ctx: Ctx, search: RegistrySearch): Promise<FoundPage> {
  requireScope(ctx, "registry:read");
  const { limit, orderBy = [] } = search;
  const filter = parseFilter(MODEL_GRAMMAR, search.filter);
  const keys = modelSortKeys(parseOrder(MODEL_GRAMMAR, orderBy));
  const query = ["models", ctx.projectId, search.filter ?? "", orderBy];
  const after = decodePageToken(query, keys, search.pageToken);
  const found = await selectFoundModels(ctx, { filter, keys, only: confinedToModels(ctx), after, limit });
  return toFoundPage(found, limit, query);
}
