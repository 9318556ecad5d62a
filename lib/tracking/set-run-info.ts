import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { hintRun } from "#lib/tracking/hint-run.ts";
import { requireRunName } from "#lib/tracking/run-tags.ts";
import type { RunStatus } from "#lib/tracking/status.ts";
import { type RunRow, updateRunInfo } from "#lib/tracking/store/runs.ts";

export interface SetRunInfoInput {
  runId: string;
  status?: RunStatus | undefined;
  /** When it ended; the time of the call for an end without one. */
  endedAt?: Date | undefined;
  name?: string | undefined;
}

/**
 * What a client says of its own run. It may go from any status to any other: clients take up finished runs again.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted, or a worker does it and its status or end would change
 */
export async function setRunInfo(ctx: Ctx, input: SetRunInfoInput): Promise<RunRow> {
  requireScope(ctx, "tracking:write");
  if (input.name !== undefined) requireRunName(input.name);
  const { runId, status = null, endedAt = null, name = null } = input;
  const run = await updateRunInfo(ctx, runId, { status, endedAt, name });
  if (run === null) {
    const found = await findWritableRun(ctx, runId);
    throw new ConflictError(
      `A worker does run ${found.id}, which is ${found.status}: no client sets its status. Cancel it instead.`,
      { code: "run_managed" },
    );
  }
  hintRun(ctx, run.id);
  return run;
}
