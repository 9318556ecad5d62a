import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { isRunActive } from "#lib/tracking/status.ts";
import { updateLifecycle } from "#lib/tracking/store/runs.ts";

/**
 * Takes a run out of every list; it can be restored. Deleting a deleted run changes nothing.
 *
 * @throws NotFoundError no such run
 * @throws ConflictError a worker does it, and it is queued or running: cancel it first
 */
export async function deleteRun(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findRun(tx, input.id, { lock: true });
    if (run.lifecycleStage === "deleted") {
      return;
    }
    if (run.managed && isRunActive(run.status)) {
      throw new ConflictError(`Run ${run.id} is ${run.status}. Cancel it, then delete it.`, { code: "run_active" });
    }
    await updateLifecycle(tx, run.id, "deleted");
    audit(tx, { action: "run.delete", subject: `run:${run.id}`, detail: { name: run.name, status: run.status } });
    await notify(tx.db, "assay_run", run.id);
  });
}
