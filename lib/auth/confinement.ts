import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/** The only models that the actor may know of; undefined: all. Keys can be confined, people are not. */
export function confinedToModels(ctx: Pick<Ctx, "actor">): readonly string[] | undefined {
  const { actor } = ctx;
  return actor.type === "apiKey" && actor.models?.length ? actor.models : undefined;
}

/**
 * Every verb about a model by its name begins with this, after its scope; lists leave out what would not pass.
 *
 * @throws NotFoundError the key is confined to other models: as if there were no such model
 */
export function requireModel(ctx: Pick<Ctx, "actor">, name: string): void {
  if (confinedToModels(ctx)?.includes(name) === false) throw new NotFoundError(`Model ${name}`);
}

/** @throws NotFoundError the key is confined to other deployments */
export function requireDeployment(ctx: Pick<Ctx, "actor">, name: string): void {
  const { actor } = ctx;
  const only = actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
  if (only?.includes(name) === false) throw new NotFoundError(`Deployment ${name}`);
}
