import { createLoader, createSerializer, parseAsArrayOf, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { RunListQuery } from "#lib/tracking/schemas.ts";
import { RUN_STATUSES } from "#lib/tracking/status.ts";

/** The view of the list of runs. All of it is in the address, so that a copied address shows the same. */
export const runsSearch = {
  /** An experiment's id; empty: all. */
  experiment: parseAsString.withDefault(""),
  q: parseAsString.withDefault(""),
  /** In MLflow's words. */
  filter: parseAsString.withDefault(""),
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

/** Where the API gives all runs of the same view as a file. */
export function exportPath(search: RunsSearch, file: { what: "runs" | "history"; format: "csv" | "parquet" }): string {
  const { experiment, q, filter, status, lifecycle } = search;
  const query = new URLSearchParams({ ...file, lifecycle });
  if (q.trim() !== "") query.set("q", q);
  if (filter.trim() !== "") query.set("filter", filter);
  if (status.length > 0) query.set("status", status.join(","));
  return experiment === ""
    ? `/api/exports/runs?${query}`
    : `/api/experiments/${encodeURIComponent(experiment)}/export?${query}`;
}

/** What the address asks for, or the list's beginning where the address does not make sense (an old or edited one). */
export function toListQuery(search: RunsSearch): RunListQuery {
  const { experiment, q, filter, status, sort, lifecycle, cursor } = search;
  const parsed = RunListQuery.safeParse({
    lifecycle,
    sort,
    ...(experiment === "" ? {} : { experiment }),
    ...(q.trim() === "" ? {} : { q }),
    ...(filter.trim() === "" ? {} : { filter }),
    ...(status.length === 0 ? {} : { status: status.join(",") }),
    ...(cursor === "" ? {} : { cursor }),
  });
  return parsed.success ? parsed.data : RunListQuery.parse({});
}
