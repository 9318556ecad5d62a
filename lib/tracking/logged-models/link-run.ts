import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { upsertRunModels } from "#lib/tracking/store/run-inputs.ts";
import type { RunModelLink } from "#lib/tracking/store/run-record.ts";

export interface LinkRunInput {
  runId: string;
  /** Whether the run used the models, or made them. */
  direction: "input" | "output";
  models: RunModelLink[];
}

/**
 * Says which logged models a run used or made. All or none; again changes nothing but the step.
 *
 * @throws NotFoundError no such run, or no such model in the project
 * @throws ConflictError the run is deleted
 */
export async function linkRunModels(ctx: Ctx, input: LinkRunInput): Promise<void> {
  requireScope(ctx, "tracking:write");
  // A model that is named twice is one.
  const models = [...new Map(input.models.map((model) => [model.modelId, model])).values()];
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    if (models.length === 0) return;
    const [missing] = await upsertRunModels(tx, run.id, input.direction, models);
    if (missing !== undefined) throw new NotFoundError(`Logged model with ID '${missing.slice(0, 80)}'`);
  });
}
