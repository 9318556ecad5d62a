import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findLoggedModel } from "#lib/tracking/logged-models/find-logged-model.ts";
import type { LoggedModel } from "#lib/tracking/store/logged-models.ts";

/**
 * A logged model with its params, tags and metrics.
 *
 * @throws NotFoundError no such model in the project, or it is deleted and deleted ones are not asked for
 */
export async function getLoggedModel(ctx: Ctx, input: { id: string; deletedToo?: boolean }): Promise<LoggedModel> {
  requireScope(ctx, "tracking:read");
  return findLoggedModel(ctx, input.id, { deletedToo: input.deletedToo === true });
}
