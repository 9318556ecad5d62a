import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import type { ExperimentDetail } from "#lib/tracking/schemas.ts";
import { insertExperiment, selectExperimentDetail } from "#lib/tracking/store/experiments.ts";

/** MLflow's clients take experiment 0 for granted. Ours is a project's own, made when it is first asked for. */
const DEFAULT_ID = "0";
const DEFAULT_NAME = "Default";

/**
 * The experiment of this project, deleted or not. `0` is the project's experiment "Default".
 *
 * @param options.lock holds its row until the transaction ends
 * @throws InvalidError  not a number
 * @throws NotFoundError none, or another project's
 */
export async function findExperiment(
  ctx: Ctx,
  id: string,
  options: { lock?: boolean } = {},
): Promise<ExperimentDetail> {
  if (!/^[0-9]{1,18}$/.test(id)) {
    throw new InvalidError(`Invalid experiment ID '${id.slice(0, 80)}'. Experiment ID must be a valid integer.`, {
      details: [{ field: "experiment_id", problem: "not a number", remedy: "Send an experiment's id." }],
    });
  }
  if (/^0+$/.test(id)) return defaultExperiment(ctx, options);
  const found = await selectExperimentDetail(ctx, { id }, options);
  if (found === null) throw noExperiment(id);
  return found;
}

/**
 * An experiment that may be written to.
 *
 * @throws ConflictError it is deleted
 */
export async function findActiveExperiment(
  ctx: Ctx,
  id: string,
  options: { lock?: boolean } = {},
): Promise<ExperimentDetail> {
  const experiment = await findExperiment(ctx, id, options);
  if (experiment.lifecycleStage === "deleted") {
    throw new ConflictError(
      `The experiment ${experiment.id} must be in the 'active' state. Current state is deleted.`,
      { code: "experiment_deleted" },
    );
  }
  return experiment;
}

function noExperiment(id: string): NotFoundError {
  return new NotFoundError(`Experiment with id=${id}`);
}

async function defaultExperiment(ctx: Ctx, options: { lock?: boolean }): Promise<ExperimentDetail> {
  const found = await selectExperimentDetail(ctx, { name: DEFAULT_NAME }, options);
  if (found !== null) return found;
  await insertExperiment(ctx, DEFAULT_NAME);
  const made = await selectExperimentDetail(ctx, { name: DEFAULT_NAME }, options);
  if (made === null) throw noExperiment(DEFAULT_ID);
  return made;
}
