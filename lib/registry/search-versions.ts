import { confinedToModels } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { parseOrder } from "#lib/platform/filter/parse-order.ts";
import { VERSION_GRAMMAR } from "#lib/registry/search-grammars.ts";
import type { RegistrySearch } from "#lib/registry/search-models.ts";
import { selectFoundVersions, versionSortKeys } from "#lib/registry/store/search-versions.ts";

/**
 * Versions of all models that answer to a filter, those changed last first unless told, a page at a time; of a key that is
 * confined, those of its own models.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchVersions(ctx: Ctx, search: RegistrySearch): Promise<FoundPage> {
  requireScope(ctx, "registry:read");
  const { limit, orderBy = [] } = search;
  const filter = parseFilter(VERSION_GRAMMAR, search.filter);
  const keys = versionSortKeys(parseOrder(VERSION_GRAMMAR, orderBy));
  const query = ["versions", ctx.projectId, search.filter ?? "", orderBy];
  const after = decodePageToken(query, keys, search.pageToken);
  const found = await selectFoundVersions(ctx, { filter, keys, only: confinedToModels(ctx), after, limit });
  return toFoundPage(found, limit, query);
}
