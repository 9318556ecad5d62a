import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { nameIsTaken } from "#lib/tracking/create-experiment.ts";
import { findActiveExperiment } from "#lib/tracking/find-experiment.ts";
import { updateExperimentName } from "#lib/tracking/store/experiments.ts";

/**
 * Gives an experiment another name.
 *
 * @throws NotFoundError no such experiment
 * @throws ConflictError it is deleted, or the name is taken
 */
export async function renameExperiment(ctx: Ctx, input: { id: string; name: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const experiment = await findActiveExperiment(tx, input.id, { lock: true });
    if (experiment.name === input.name) return;
    if (!(await updateExperimentName(tx, experiment.id, input.name))) {
      throw nameIsTaken({ name: input.name, lifecycleStage: "active" });
    }
    const detail = { from: experiment.name, to: input.name };
    audit(tx, { action: "experiment.rename", subject: `experiment:${experiment.id}`, detail });
  });
}
