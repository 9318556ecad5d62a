import { z } from "zod";
import { IdText, Int64 } from "#lib/mlflow/wire/values.ts";
import type { FoundPage } from "#lib/platform/filter/found-page.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import type { Lifecycle } from "#lib/tracking/search-runs.ts";

/** What searches on the wire have in common. */

const VIEWS: Record<string, Lifecycle> = {
  ACTIVE_ONLY: "active",
  DELETED_ONLY: "deleted",
  ALL: "all",
  // As protocol buffers number them.
  "1": "active",
  "2": "deleted",
  "3": "all",
};

/** Active things only, unless told. */
export const View = z
  .union([z.enum(["ACTIVE_ONLY", "DELETED_ONLY", "ALL", "1", "2", "3"]), z.literal([1, 2, 3]).transform(String)])
  .nullish()
  .transform((view) => VIEWS[view ?? "ACTIVE_ONLY"] ?? "active");

/** One text or several: of a query, the parameter may be repeated. */
const Texts = z
  .union([z.array(z.string()), z.string().transform((text) => [text])])
  .nullish()
  .transform((texts) => texts ?? []);

export const Ids = z
  .union([z.array(IdText), IdText.transform((id) => [id])])
  .nullish()
  .transform((ids) => ids ?? []);

/** Fields of every search. `usual` and `most` are results of a page. */
export function searchFields(usual: number, most: number) {
  return {
    filter: z.string().nullish(),
    max_results: Int64.pipe(
      z.int().refine((count) => count >= 1 && count <= most, {
        error: ({ input }) =>
          `Invalid value ${String(input)} for parameter 'max_results' supplied. It must be a positive integer of at most ${most}`,
        params: { remedy: `Send a number from 1 to ${most}, or none for ${usual}.` },
      }),
    )
      .nullish()
      .transform((count) => count ?? usual),
    order_by: Texts,
    page_token: z.string().nullish(),
  };
}

/** The reply of a search: what was found is JSON already. What is empty is left out. */
export function foundReply(name: string, { items, nextPageToken }: FoundPage): Response {
  const fields = [
    ...(items.length === 0 ? [] : [`"${name}":[${items.join(",")}]`]),
    ...(nextPageToken === undefined ? [] : [`"next_page_token":${JSON.stringify(nextPageToken)}`]),
  ];
  return makeResponse(`{${fields.join(",")}}`, 200, { "Content-Type": "application/json; charset=utf-8" });
}
