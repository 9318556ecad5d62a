import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { toLatestMetric } from "#lib/tracking/metric-value.ts";
import type { RunDetail } from "#lib/tracking/schemas.ts";
import { selectEntries } from "#lib/tracking/store/entries.ts";
import { selectFiles } from "#lib/tracking/store/files.ts";
import { selectLatest } from "#lib/tracking/store/metrics.ts";
import { runHead } from "#lib/tracking/store/runs.ts";

/**
 * A run with its params, tags, newest metrics and artifacts. Deleted runs are found too.
 *
 * @throws NotFoundError no such run in the project
 */
export async function getRun(ctx: Ctx, input: { id: string }): Promise<RunDetail> {
  requireScope(ctx, "tracking:read");
  const run = await findRun(ctx, input.id);
  const latest = await selectLatest(ctx, [run.no], null);
  const params = await selectEntries(ctx, "run_param", [run.id], null);
  const tags = await selectEntries(ctx, "run_tag", [run.id], null);
  return {
    ...runHead(run),
    metrics: Object.fromEntries((latest.get(run.no) ?? []).map((row) => [row.key, toLatestMetric(row)])),
    params: params.get(run.id) ?? {},
    tags: tags.get(run.id) ?? {},
    artifacts: await selectFiles(ctx, { table: "artifact", id: run.id }),
  };
}
