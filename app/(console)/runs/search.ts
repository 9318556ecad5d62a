import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { RunListQuery } from "#lib/tracking/schemas.ts";
import { RUN_STATUSES } from "#lib/tracking/status.ts";

/** The view of the list of runs. All of it is in the address, so that a copied address shows the same. */
export const runsSearch = {
  q: parseAsString.withDefault(""),
  status: parseAsArrayOf(parseAsStringLiteral(RUN_STATUSES)).withDefault([]),
  sort: parseAsString.withDefault("-created"),
  lifecycle: parseAsStringLiteral(["active", "deleted"]).withDefault("active"),
  cursor: parseAsString.withDefault(""),
};

export const loadRunsSearch = createLoader(runsSearch);
const serialise = createSerializer(runsSearch);

export type RunsSearch = Awaited<ReturnType<typeof loadRunsSearch>>;

/** The same view as a query of the REST API. */
export function apiQuery(search: RunsSearch): string {
  return serialise(search);
}

/** What the address asks for, or the list's beginning where the address does not make sense (an old or edited one). */
export function toListQuery(search: RunsSearch): RunListQuery {
  const { q, status, sort, lifecycle, cursor } = search;
  const parsed = RunListQuery.safeParse({
    lifecycle,
    sort,
    ...(q.trim() === "" ? {} : { q }),
    ...(status.length === 0 ? {} : { status: status.join(",") }),
    ...(cursor === "" ? {} : { cursor }),
  });
  return parsed.success ? parsed.data : RunListQuery.parse({});
}
