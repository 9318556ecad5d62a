import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { findLockedVersion } from "#lib/registry/find-model.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { setStage } from "#lib/registry/set-stage.ts";
import { canStageBecome, type Stage } from "#lib/registry/status.ts";
import { selectVersions } from "#lib/registry/store.ts";

export interface TransitionInput {
  modelName: string;
  version: number;
  stage: Stage;
  /** Whether the others in that stage go to the archive. Production holds one anyway. */
  archiveOthers: boolean;
}

/**
 * Moves a version to a stage as MLflow does: from any to any. What `status.ts` does not allow at once goes by way of the
 * archive; each step is a move of its own, with all that {@link setStage} asks.
 *
 * @throws InvalidError  others are to be archived in a stage that is not active
 * @throws NotFoundError no such version in the project
 * @throws ForbiddenError `approval_required`: a policy protects the stage
 */
export async function transitionVersion(ctx: Ctx, input: TransitionInput): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
  const { modelName, stage } = input;
  if (input.archiveOthers && stage !== "Staging" && stage !== "Production") {
    const problem = `'${stage}' is not an Active stage`;
    throw new InvalidError(
      `Model version transition cannot archive existing model versions because ${problem}. Valid stages are Staging, Production`,
      { details: [{ field: "archive_existing_versions", problem, remedy: "Leave it out for this stage." }] },
    );
  }
  return withTransaction(ctx, async (tx) => {
    const { version } = await findLockedVersion(tx, modelName, input.version);
    if (version.stage !== stage && !canStageBecome(version.stage, stage)) {
      await setStage(tx, { modelName, version: version.version, stage: "Archived", reason: `on the way to ${stage}` });
    }
    const moved = await setStage(tx, { modelName, version: version.version, stage });
    if (input.archiveOthers && stage === "Staging") {
      const others = (await selectVersions(tx, modelName)).filter((one) => one.stage === stage && one.id !== moved.id);
      for (const other of others) {
        const reason = `replaced by version ${moved.version}`;
        await setStage(tx, { modelName, version: other.version, stage: "Archived", reason });
      }
    }
    return moved;
  });
}
