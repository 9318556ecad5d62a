import { SCOPES, type Scope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Scopes that reach over the whole project, or further: with them a key that is confined would let its holder out again, by
 * an invitation for example, or read of every model in the record.
 */
export const UNCONFINED_SCOPES: readonly Scope[] = ["admin", "instance", "audit:read"];

/** What a confined key has of these scopes: `admin` is taken for the scopes that it stands for. */
export function confinedScopes(scopes: readonly string[]): string[] {
  const all: readonly string[] = scopes.includes("admin") ? SCOPES : scopes;
  return all.filter((scope) => !UNCONFINED_SCOPES.some((one) => one === scope));
}

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

/** The only deployments that the actor may know of; undefined: all. */
export function confinedToDeployments(ctx: Pick<Ctx, "actor">): readonly string[] | undefined {
  const { actor } = ctx;
  return actor.type === "apiKey" && actor.deployments?.length ? actor.deployments : undefined;
}

/** @throws NotFoundError the key is confined to other deployments */
export function requireDeployment(ctx: Pick<Ctx, "actor">, name: string): void {
  if (confinedToDeployments(ctx)?.includes(name) === false) throw new NotFoundError(`Deployment ${name}`);
}
