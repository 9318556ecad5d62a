import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import type { Experiment } from "#lib/tracking/schemas.ts";
import { insertExperiment, selectExperiment } from "#lib/tracking/store/experiments.ts";

/**
 * Makes an experiment.
 *
 * @throws ConflictError the project has one of this name
 */
export async function createExperiment(ctx: Ctx, input: { name: string }): Promise<Experiment> {
  requireScope(ctx, "tracking:write");
  if (!(await insertExperiment(ctx, input.name))) {
    throw new ConflictError(`There is an experiment "${input.name}" already.`, { code: "experiment_exists" });
  }
  return existing(ctx, input.name);
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

async function existing(ctx: Ctx, name: string): Promise<Experiment> {
  const experiment = await selectExperiment(ctx, { name });
  if (experiment === null) {
    throw new NotFoundError(`Experiment "${name}"`);
  }
  return experiment;
}
