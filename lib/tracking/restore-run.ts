import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { getRun } from "#lib/tracking/get-run.ts";
import type { RunDetail } from "#lib/tracking/schemas.ts";
import { updateLifecycle } from "#lib/tracking/store/runs.ts";

/**
 * Brings a deleted run back. Restoring one that is not deleted changes nothing.
 *
 * @throws NotFoundError no such run
 */
export async function restoreRun(ctx: Ctx, input: { id: string }): Promise<RunDetail> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const run = await findRun(tx, input.id, { lock: true });
    if (run.lifecycleStage === "active") {
      return;
    }
    await updateLifecycle(tx, run.id, "active");
    audit(tx, { action: "run.restore", subject: `run:${run.id}`, detail: { name: run.name } });
    await notify(tx.db, "assay_run", run.id);
  });
  return getRun(ctx, { id: input.id });
}
