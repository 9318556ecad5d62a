import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import type { RunError } from "#lib/tracking/schemas.ts";
import { canRunBecome, type RunStatus } from "#lib/tracking/status.ts";
import { updateRunStatus } from "#lib/tracking/store/runs.ts";

export interface SetRunStatusInput {
  runId: string;
  to: RunStatus;
  /** Why a run FAILED; kept with it. */
  error?: RunError;
}

/**
 * Moves a run along its state machine; its row is locked. The same status again changes nothing.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError the table of `status.ts` does not allow it
 */
export async function setRunStatus(ctx: Ctx, input: SetRunStatusInput): Promise<{ from: RunStatus }> {
  requireScope(ctx, "tracking:write");
  return withTransaction(ctx, async (tx) => {
    const run = await findRun(tx, input.runId, { lock: true });
    if (run.status === input.to) {
      return { from: run.status };
    }
    if (!canRunBecome(run.status, input.to)) {
      throw new ConflictError(`Run ${run.id} is ${run.status} and cannot become ${input.to}.`, {
        code: "run_status_conflict",
      });
    }
    await updateRunStatus(tx, run.id, input.to, input.error ?? null);
    await notify(tx.db, "assay_run", run.id);
    return { from: run.status };
  });
}
