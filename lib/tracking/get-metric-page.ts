import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { SortKey } from "#lib/platform/filter/keyset.ts";
import { decodePageToken, encodePageToken } from "#lib/platform/filter/page-token.ts";
import { noRun } from "#lib/tracking/find-run.ts";
import { type PointMark, selectPointPage, selectPointsOfRuns } from "#lib/tracking/store/metric-pages.ts";

/** Points as JSON of the MLflow wire, with commas between them. */
export interface MetricPage {
  json: string;
  /** Absent on the last page. */
  nextPageToken?: string;
}

const ORDER: SortKey[] = [
  { expression: "p.at", type: "bigint", descending: false, nullable: false },
  { expression: "p.step", type: "bigint", descending: false, nullable: false },
  // Null stands for NaN, which is above all numbers.
  { expression: "p.value", type: "float8", descending: false, nullable: true },
];

/**
 * The points of a series by time, step and value, a page of at most `limit` at a time. A name that the run has no points
 * of is an empty series.
 *
 * @throws NotFoundError no such run in the project
 * @throws InvalidError  the token is not of this series
 */
export async function getMetricPage(
  ctx: Ctx,
  input: { runId: string; key: string; limit: number; pageToken?: string | null | undefined },
): Promise<MetricPage> {
  requireScope(ctx, "tracking:read");
  const { runId, key, limit } = input;
  const query = ["metric", ctx.projectId, runId, key];
  const marks = decodePageToken(query, ORDER, input.pageToken);
  const page = await selectPointPage(ctx, { runId, key, limit, after: marks === undefined ? null : toMark(marks) });
  if (page === null) throw noRun(runId);
  const { json, last } = page;
  return last === null ? { json } : { json, nextPageToken: encodePageToken(query, fromMark(last)) };
}

/** The points of one name of several runs, by run id; runs that the project does not have have none. */
export async function getMetricOfRuns(
  ctx: Ctx,
  input: { runIds: string[]; key: string; limit: number },
): Promise<MetricPage> {
  requireScope(ctx, "tracking:read");
  return { json: await selectPointsOfRuns(ctx, input) };
}

function toMark([at, step, value]: readonly (string | null)[]): PointMark {
  return { at: at ?? "0", step: step ?? "0", value: value ?? "NaN" };
}

function fromMark({ at, step, value }: PointMark): (string | null)[] {
  return [at, step, value === "NaN" ? null : value];
}
