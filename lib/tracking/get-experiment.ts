import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { findExperiment } from "#lib/tracking/find-experiment.ts";
import type { ExperimentDetail } from "#lib/tracking/schemas.ts";
import { selectExperimentDetail } from "#lib/tracking/store/experiments.ts";

/**
 * An experiment with its tags, deleted or not.
 *
 * @throws NotFoundError no such experiment in the project
 */
export async function getExperiment(ctx: Ctx, by: { id: string } | { name: string }): Promise<ExperimentDetail> {
  requireScope(ctx, "tracking:read");
  if ("id" in by) return findExperiment(ctx, by.id);
  const found = await selectExperimentDetail(ctx, by);
  if (found === null) throw new NotFoundError(`Experiment with name '${by.name}'`);
  return found;
}
