import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { findModel, noVersion } from "#lib/registry/find-model.ts";
import type { ModelSummary, ModelVersion } from "#lib/registry/schemas.ts";
import type { Stage } from "#lib/registry/status.ts";
import { selectAlias } from "#lib/registry/store/aliases.ts";
import { selectLatestVersions, selectVersion } from "#lib/registry/store.ts";

/**
 * A model with the version of the greatest number in each stage.
 *
 * @throws NotFoundError no such model in the project
 */
export async function getLatestVersions(
  ctx: Ctx,
  input: { name: string; stages?: readonly Stage[] },
): Promise<{ model: ModelSummary; versions: ModelVersion[] }> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  const { id: _, ...model } = await findModel(ctx, input.name);
  const versions = await selectLatestVersions(ctx, model.name);
  const { stages = [] } = input;
  const wanted = stages.length === 0 ? versions : versions.filter(({ stage }) => stages.includes(stage));
  return { model, versions: wanted };
}

/**
 * The version that an alias names; `latest` is the greatest number.
 *
 * @throws NotFoundError no such model in the project, or it has no versions
 * @throws InvalidError  the model has no such alias
 */
export async function getVersionByAlias(ctx: Ctx, input: { name: string; alias: string }): Promise<ModelVersion> {
  requireScope(ctx, "registry:read");
  requireModel(ctx, input.name);
  const { name, latestVersion } = await findModel(ctx, input.name);
  const isLatest = input.alias.toLowerCase() === "latest";
  const number = isLatest ? (latestVersion ?? 0) : await selectAlias(ctx, name, input.alias);
  if (number === null) {
    const problem = `Registered model alias ${input.alias.slice(0, 255)} not found.`;
    throw new InvalidError(problem, { details: [{ field: "alias", problem, remedy: "Set it first." }] });
  }
  const version = await selectVersion(ctx, name, { version: number });
  if (version === null) throw noVersion(name, number);
  return version;
}
