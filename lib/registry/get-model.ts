import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { reproduceCommand } from "#lib/registry/reproduce-command.ts";
import type { ModelDetail, ModelVersion, StageTransition, VersionDetail } from "#lib/registry/schemas.ts";
import { selectModel, selectTransitions, selectVersion, selectVersions } from "#lib/registry/store.ts";

/**
 * A model with its versions, newest first.
 *
 * @throws NotFoundError no such model in the project
 */
export async function getModel(ctx: Ctx, input: { name: string }): Promise<ModelDetail> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  const model = await selectModel(ctx, input.name);
  if (model === null) {
    throw new NotFoundError(`Model ${input.name}`);
  }
  const { id: _, ...summary } = model;
  return { ...summary, versions: await selectVersions(ctx, input.name) };
}

/**
 * A version with its transitions, newest first.
 *
 * @throws NotFoundError no such version in the project
 */
export async function getVersion(ctx: Ctx, input: { name: string; version: number }): Promise<VersionDetail> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  const version = await selectVersion(ctx, input.name, { version: input.version });
  if (version === null) {
    throw new NotFoundError(`Version ${input.version} of ${input.name}`);
  }
  return {
    ...version,
    transitions: await selectTransitions(ctx, input.name, input.version),
    reproduce: reproduceCommand(input.name, input.version),
  };
}

/**
 * Every change of stage of a model's versions, newest first.
 *
 * @throws NotFoundError no such model in the project
 */
export async function getHistory(ctx: Ctx, input: { name: string }): Promise<StageTransition[]> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  if ((await selectModel(ctx, input.name)) === null) {
    throw new NotFoundError(`Model ${input.name}`);
  }
  return selectTransitions(ctx, input.name);
}

/** A version, also one that was deleted since: for what the record tells of a time when it was there. */
export async function getRecordedVersion(
  ctx: Ctx,
  input: { name: string; version: number },
): Promise<ModelVersion | null> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  return selectVersion(ctx, input.name, { version: input.version }, { deletedToo: true });
}
