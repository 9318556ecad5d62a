import { requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { newRunId } from "#lib/platform/ids.ts";
import { notify } from "#lib/platform/notify.ts";
import { insertParams, writeTags } from "#lib/tracking/store/entries.ts";
import { selectExperiment } from "#lib/tracking/store/experiments.ts";
import { insertRun } from "#lib/tracking/store/runs.ts";

export interface CreateRunInput {
  name: string;
  experimentId: string;
  /** QUEUED for a run that a worker will do; RUNNING (the default) for one that its client does. */
  status?: "QUEUED" | "RUNNING";
  params?: Record<string, string>;
  tags?: Record<string, string>;
}

/**
 * Makes a run with its first params and tags.
 *
 * @throws NotFoundError no such experiment in the project, or it is deleted
 */
export async function createRun(ctx: Ctx, input: CreateRunInput): Promise<{ id: string }> {
  requireScope(ctx, "tracking:write");
  return withTransaction(ctx, async (tx) => {
    const experiment = await selectExperiment(tx, { id: input.experimentId });
    if (experiment === null || experiment.lifecycleStage === "deleted") {
      throw new NotFoundError(`Experiment ${input.experimentId}`);
    }
    const id = newRunId();
    const run = { id, experimentId: experiment.id, name: input.name, createdBy: actorName(tx.actor) };
    await insertRun(tx, { ...run, status: input.status ?? "RUNNING" });
    await insertParams(tx, id, Object.entries(input.params ?? {}));
    await writeTags(tx, id, Object.entries(input.tags ?? {}));
    await notify(tx.db, "assay_run", id);
    return { id };
  });
}
