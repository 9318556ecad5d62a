import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { noRun } from "#lib/tracking/find-run.ts";
import { type LatestRow, selectLatest } from "#lib/tracking/store/metrics.ts";
import { type RunEntries, selectRunRecord } from "#lib/tracking/store/run-record.ts";
import type { RunRow } from "#lib/tracking/store/runs.ts";

/** A run with its newest metrics, params, tags, datasets and models. */
export interface RunRecord extends RunEntries {
  run: RunRow;
  metrics: LatestRow[];
}

/**
 * All that is known of a run but its files, deleted or not.
 *
 * @throws NotFoundError no such run in the project
 */
export async function getRunRecord(ctx: Ctx, input: { id: string }): Promise<RunRecord> {
  requireScope(ctx, "tracking:read");
  const record = await selectRunRecord(ctx, input.id);
  if (record === null) throw noRun(input.id);
  const { run, entries } = record;
  const latest = await selectLatest(ctx, [run.no], null);
  return { run, ...entries, metrics: latest.get(run.no) ?? [] };
}
