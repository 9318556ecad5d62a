import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { findLoggedModel, noLoggedModel, requireLockedModel } from "#lib/tracking/logged-models/find-logged-model.ts";
import { takeModelTags } from "#lib/tracking/logged-models/model-entries.ts";
import { takeRunParams } from "#lib/tracking/run-params.ts";
import {
  insertModelParams,
  type LoggedModel,
  lockLoggedModel,
  type ModelStatus,
  markLoggedModelDeleted,
  removeModelTag,
  updateModelStatus,
  upsertModelTags,
} from "#lib/tracking/store/logged-models.ts";

/**
 * Says whether a model's files are all there.
 *
 * @throws NotFoundError no such model in the project
 */
export async function finalizeLoggedModel(ctx: Ctx, input: { id: string; status: ModelStatus }): Promise<LoggedModel> {
  requireScope(ctx, "tracking:write");
  return withTransaction(ctx, async (tx) => {
    await requireLockedModel(tx, input.id);
    await updateModelStatus(tx, input.id, input.status);
    return findLoggedModel(tx, input.id);
  });
}

/**
 * Adds params. All of them or none; a param never changes, and the same again is fine.
 *
 * @throws InvalidError  a name that is not allowed, or twice the same
 * @throws NotFoundError no such model in the project
 * @throws ConflictError `param_changed`: one is there with another value
 */
export async function logModelParams(
  ctx: Ctx,
  input: { id: string; params: { key: string; value: string }[] },
): Promise<void> {
  requireScope(ctx, "tracking:write");
  const params = takeRunParams(input.params, (index) => `params[${index}]`);
  await withTransaction(ctx, async (tx) => {
    await requireLockedModel(tx, input.id);
    const clashes = await insertModelParams(tx, input.id, params);
    if (clashes.length === 0) return;
    throw new ConflictError(
      `Changing param values is not allowed. Logged model '${input.id}' has ${clashes.join(", ")} with another value.`,
      { code: "param_changed" },
    );
  });
}

/**
 * Sets tags.
 *
 * @throws InvalidError  a name or value that is not allowed
 * @throws NotFoundError no such model in the project
 */
export async function setModelTags(ctx: Ctx, input: { id: string; tags: Record<string, string> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const tags = takeModelTags(input.tags);
  await withTransaction(ctx, async (tx) => {
    await requireLockedModel(tx, input.id);
    await upsertModelTags(tx, input.id, tags);
  });
}

/**
 * Removes a tag.
 *
 * @throws NotFoundError no such model in the project, or it has no such tag
 */
export async function deleteModelTag(ctx: Ctx, input: { id: string; key: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    await requireLockedModel(tx, input.id);
    if (!(await removeModelTag(tx, input.id, input.key))) {
      throw new NotFoundError(`Tag '${input.key.slice(0, 250)}' of logged model '${input.id}'`);
    }
  });
}

/**
 * Deletes a model. Versions that were made of it keep their files. Again changes nothing.
 *
 * @throws NotFoundError no such model in the project
 */
export async function deleteLoggedModel(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await withTransaction(ctx, async (tx) => {
    const found = await lockLoggedModel(tx, input.id);
    if (found === null) throw noLoggedModel(input.id);
    if (found.isDeleted) return;
    await markLoggedModelDeleted(tx, input.id);
    audit(tx, { action: "logged_model.delete", subject: `logged_model:${input.id}`, detail: { name: found.name } });
  });
}
