import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { findExperiment } from "#lib/tracking/find-experiment.ts";
import { type DoomedTraces, removeTraces } from "#lib/tracking/store/traces.ts";

/**
 * Deletes traces of an experiment with their spans, for good; those that are not there are passed over.
 *
 * @returns how many there were
 * @throws NotFoundError no such experiment in the project
 */
export async function deleteTraces(ctx: Ctx, input: { experimentId: string; doomed: DoomedTraces }): Promise<number> {
  requireScope(ctx, "tracking:write");
  return withTransaction(ctx, async (tx) => {
    const experiment = await findExperiment(tx, input.experimentId);
    const traces = await removeTraces(tx, experiment.id, input.doomed);
    if (traces > 0) {
      const detail = { name: experiment.name, traces };
      audit(tx, { action: "trace.delete", subject: `experiment:${experiment.id}`, detail });
    }
    return traces;
  });
}
