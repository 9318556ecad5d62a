import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type FoundPage, toFoundPage } from "#lib/platform/filter/found-page.ts";
import { decodePageToken } from "#lib/platform/filter/page-token.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { searchedExperimentIds } from "#lib/tracking/search-experiment-ids.ts";
import { LOGGED_MODEL_GRAMMAR } from "#lib/tracking/search-grammars.ts";
import {
  loggedModelSortKeys,
  type ModelOrder,
  type OnDataset,
  selectFoundModels,
} from "#lib/tracking/store/search-logged-models.ts";

/** A field as the wire names it, such as `metrics.accuracy`; a metric may be ordered by as measured on a dataset. */
interface LoggedModelOrder {
  fieldName: string;
  /** Default true. */
  ascending?: boolean | undefined;
  dataset?: OnDataset | undefined;
}

export interface LoggedModelSearch {
  experimentIds: string[];
  filter?: string | null | undefined;
  /** Metrics count as measured on one of these; none: on whatever they were. */
  datasets?: readonly OnDataset[] | undefined;
  limit: number;
  orderBy?: readonly LoggedModelOrder[] | undefined;
  pageToken?: string | null | undefined;
}

const MAX_TERMS = 20;

/**
 * Logged models of the named experiments that answer to a filter, newest first unless told, a page at a time.
 *
 * @throws InvalidError the filter, the order or the token cannot be understood
 */
export async function searchLoggedModels(ctx: Ctx, search: LoggedModelSearch): Promise<FoundPage> {
  requireScope(ctx, "tracking:read");
  const { limit, datasets = [], orderBy = [] } = search;
  const filter = parseFilter(LOGGED_MODEL_GRAMMAR, search.filter);
  if (datasets.length > MAX_TERMS || orderBy.length > MAX_TERMS) {
    throw wrong("datasets and order_by", `A search names at most ${MAX_TERMS} datasets and fields to order by.`);
  }
  const order = orderBy.map(readOrder);
  const given = [...search.experimentIds].sort();
  const query = ["logged-models", ctx.projectId, given, search.filter ?? "", datasets, orderBy];
  const after = decodePageToken(query, loggedModelSortKeys(order), search.pageToken);
  const experimentIds = await searchedExperimentIds(ctx, given);
  if (experimentIds.length === 0) return { items: [] };
  const found = await selectFoundModels(ctx, { experimentIds, filter, datasets, order, after, limit });
  return toFoundPage(found, limit, query);
}

function readOrder({ fieldName, ascending = true, dataset }: LoggedModelOrder): ModelOrder {
  const descending = !ascending;
  const dot = fieldName.indexOf(".");
  if (dot === -1) {
    const known = LOGGED_MODEL_GRAMMAR.attributes.get(fieldName);
    if (known === undefined) throw wrong("order_by", `Invalid order by field name: ${fieldName}`);
    return { attribute: known.is ?? fieldName, descending };
  }
  if (fieldName.slice(0, dot) !== "metrics") {
    throw wrong("order_by", `Invalid order by field name: ${fieldName}. Only metrics are supported.`);
  }
  return { metric: fieldName.slice(dot + 1).replace(/^`(.*)`$/s, "$1"), dataset, descending };
}

function wrong(field: string, problem: string): InvalidError {
  return new InvalidError(problem, {
    details: [{ field, problem, remedy: "Write metrics.<key>, or an attribute such as creation_timestamp." }],
  });
}
