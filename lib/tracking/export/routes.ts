import { Readable } from "node:stream";
import { z } from "zod";
import { type Route, route } from "#lib/platform/http/route.ts";
import { exportRuns } from "#lib/tracking/export/export-runs.ts";
import { ExportQuery } from "#lib/tracking/export/schemas.ts";
import { RunListQuery } from "#lib/tracking/schemas.ts";

const tag = "Runs";
const description =
  "CSV or Parquet, newest run first. `what=runs`: a row a run, a column for each of its params, metrics (newest value) and tags. `what=history`: a row a point: run_id, key, step, timestamp (Unix milliseconds), value. In CSV, text that a spreadsheet would take for a formula has an apostrophe in front.";
const TYPES = { csv: "text/csv", parquet: "application/vnd.apache.parquet" } as const;

export const exportRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/experiments/{id}/export",
    summary: "Export an experiment's runs",
    description,
    tag,
    auth: "tracking:read",
    params: z.object({ id: RunListQuery.shape.experiment.unwrap() }),
    query: ExportQuery,
    produces: Object.values(TYPES),
    handle: async ({ ctx, params, query }) =>
      fileReply(await exportRuns(ctx, { ...query, experimentId: params.id }), query.format),
  }),
  route({
    method: "get",
    path: "/api/exports/runs",
    summary: "Export the runs of all experiments",
    description,
    tag,
    auth: "tracking:read",
    query: ExportQuery,
    produces: Object.values(TYPES),
    handle: async ({ ctx, query }) => fileReply(await exportRuns(ctx, query), query.format),
  }),
];

function fileReply(
  file: { name: string; pieces: AsyncGenerator<string | Uint8Array> },
  format: ExportQuery["format"],
): Response {
  const body = Readable.toWeb(Readable.from(file.pieces, { objectMode: false })) as ReadableStream;
  return new Response(body, {
    headers: {
      "Content-Type": format === "csv" ? `${TYPES.csv}; charset=utf-8` : TYPES.parquet,
      "Content-Disposition": `attachment; filename="${file.name}"`,
    },
  });
}
