import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { findExperiment } from "#lib/tracking/find-experiment.ts";
import { hasManagedRunUnderWay, markExperimentActive, markExperimentDeleted } from "#lib/tracking/store/experiments.ts";

/**
 * Takes an experiment and its runs out of every list; it can be restored, and its name stays taken.
 *
 * @throws NotFoundError no such experiment, or it is deleted already
 * @throws ConflictError a worker does one of its runs: cancel that first
 */
export async function deleteExperiment(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const { id, name, lifecycleStage } = await findExperiment(tx, input.id, { lock: true });
    if (lifecycleStage !== "active") throw new NotFoundError(`Active experiment with id=${id}`);
    if (await hasManagedRunUnderWay(tx, id)) {
      throw new ConflictError(
        `A run of experiment ${id} is queued or running. Cancel it, then delete the experiment.`,
        {
          code: "run_active",
        },
      );
    }
    const runs = await markExperimentDeleted(tx, id);
    audit(tx, { action: "experiment.delete", subject: `experiment:${id}`, detail: { name, runs } });
  });
}

/**
 * Brings a deleted experiment back, and the runs that were deleted with it.
 *
 * @throws NotFoundError no such experiment, or it is not deleted
 */
export async function restoreExperiment(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const { id, name, lifecycleStage } = await findExperiment(tx, input.id, { lock: true });
    if (lifecycleStage !== "deleted") throw new NotFoundError(`Deleted experiment with id=${id}`);
    const runs = await markExperimentActive(tx, id);
    audit(tx, { action: "experiment.restore", subject: `experiment:${id}`, detail: { name, runs } });
  });
}
