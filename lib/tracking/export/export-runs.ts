import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { parseFilter } from "#lib/platform/filter/parse-filter.ts";
import { historySheet } from "#lib/tracking/export/history-sheet.ts";
import { runsSheet } from "#lib/tracking/export/runs-sheet.ts";
import type { ExportQuery } from "#lib/tracking/export/schemas.ts";
import { writeCsv } from "#lib/tracking/export/write-csv.ts";
import { writeParquet } from "#lib/tracking/export/write-parquet.ts";
import { findExperiment } from "#lib/tracking/find-experiment.ts";
import { RUN_GRAMMAR } from "#lib/tracking/search-grammars.ts";

/**
 * The runs of a project, or of one experiment, as a file; in pieces, so that its size does not matter. Scope and experiment
 * are checked, and the columns found, before the first piece.
 *
 * @returns the file's name, and its content
 * @throws NotFoundError no such experiment in the project
 * @throws InvalidError the filter cannot be understood
 */
export async function exportRuns(
  ctx: Ctx,
  query: ExportQuery & { experimentId?: string | undefined },
): Promise<{ name: string; pieces: AsyncGenerator<string | Uint8Array> }> {
  requireScope(ctx, "tracking:read");
  const experiment = query.experimentId === undefined ? undefined : await findExperiment(ctx, query.experimentId);
  const filter = {
    experimentId: experiment?.id,
    statuses: query.status,
    text: query.q,
    expression: query.filter === undefined ? undefined : parseFilter(RUN_GRAMMAR, query.filter),
    lifecycle: query.lifecycle,
  };
  const sheet = query.what === "history" ? historySheet(ctx, filter) : await runsSheet(ctx, filter);
  const pieces = query.format === "csv" ? writeCsv(sheet) : writeParquet(sheet);
  const of = experiment === undefined ? "" : `experiment-${experiment.id}-`;
  return { name: `${of}${query.what}.${query.format}`, pieces };
}
