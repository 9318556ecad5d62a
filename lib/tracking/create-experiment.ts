import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import type { Experiment } from "#lib/tracking/schemas.ts";
import { requireExperimentTags } from "#lib/tracking/set-experiment-tags.ts";
import { insertExperiment, selectExperiment, upsertExperimentTags } from "#lib/tracking/store/experiments.ts";

export interface CreateExperimentInput {
  name: string;
  tags?: Record<string, string>;
}

/**
 * Makes an experiment.
 *
 * @throws InvalidError  a tag's name or value is not allowed
 * @throws ConflictError the project has one of this name, deleted perhaps
 */
export async function createExperiment(ctx: Ctx, input: CreateExperimentInput): Promise<Experiment> {
  requireScope(ctx, "tracking:write");
  const tags = Object.entries(input.tags ?? {});
  requireExperimentTags(tags);
  return withTransaction(ctx, async (tx) => {
    if (!(await insertExperiment(tx, input.name))) {
      throw nameIsTaken(await existing(tx, input.name));
    }
    const made = await existing(tx, input.name);
    if (tags.length > 0) await upsertExperimentTags(tx, made.id, tags);
    return made;
  });
}

/** The experiment of this name, made if it is not there. */
export async function ensureExperiment(ctx: Ctx, input: { name: string }): Promise<Experiment> {
  requireScope(ctx, "tracking:write");
  const found = await selectExperiment(ctx, { name: input.name });
  if (found !== null) {
    return found;
  }
  await insertExperiment(ctx, input.name);
  return existing(ctx, input.name);
}

export function nameIsTaken(holder: Pick<Experiment, "name" | "lifecycleStage">): ConflictError {
  const deleted = holder.lifecycleStage === "deleted" ? " It is deleted: restore it, or choose another name." : "";
  return new ConflictError(`Experiment(name=${holder.name}) already exists.${deleted}`, { code: "experiment_exists" });
}

async function existing(ctx: Ctx, name: string): Promise<Experiment> {
  const experiment = await selectExperiment(ctx, { name });
  if (experiment === null) {
    throw new NotFoundError(`Experiment "${name}"`);
  }
  return experiment;
}
