import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { type LoggedModel, lockLoggedModel, selectLoggedModel } from "#lib/tracking/store/logged-models.ts";

/**
 * The logged model of this project.
 *
 * @param options.deletedToo also one that is deleted
 * @throws NotFoundError none, or another project's
 */
export async function findLoggedModel(
  ctx: Ctx,
  id: string,
  options: { deletedToo?: boolean } = {},
): Promise<LoggedModel> {
  const model = await selectLoggedModel(ctx, id, options);
  if (model === null) throw noLoggedModel(id);
  return model;
}

/**
 * Locks a model that may be written to.
 *
 * @throws NotFoundError none, another project's, or deleted
 */
export async function requireLockedModel(tx: Tx, id: string): Promise<void> {
  const found = await lockLoggedModel(tx, id);
  if (found === null || found.isDeleted) throw noLoggedModel(id);
}

export function noLoggedModel(id: string): NotFoundError {
  return new NotFoundError(`Logged model with ID '${id.slice(0, 80)}'`);
}
