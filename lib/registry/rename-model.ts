import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { modelNameIsTaken } from "#lib/registry/create-model.ts";
import { findLockedModel, findModel } from "#lib/registry/find-model.ts";
import { parseModelName } from "#lib/registry/model-name.ts";
import type { ModelSummary } from "#lib/registry/schemas.ts";
import { isNameTaken, updateModelName } from "#lib/registry/store/model-rows.ts";
import { type ModelUse, selectModelUses } from "#lib/registry/store/model-uses.ts";

const WORDS: Record<ModelUse["kind"], string> = {
  policy: "a policy for",
  deployment: "the deployment",
  key: "the confined key",
  request: "the open approval request",
};

/**
 * Gives a model another name; versions, aliases and tags go along. Neither name may be one that something else means: a
 * policy would lose its model, or a version in Production would slip into what a policy protects.
 *
 * @throws NotFoundError no such model in the project
 * @throws InvalidError  the new name is not allowed
 * @throws ConflictError the new name is taken, or one of the names is in use
 */
export async function renameModel(ctx: Ctx, input: { name: string; newName: string }): Promise<ModelSummary> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  const newName = parseModelName(input.newName, "new_name");
  requireModel(ctx, newName);
  return withTransaction(ctx, async (tx) => {
    const { id, ...model } = await findLockedModel(tx, input.name);
    if (model.name === newName) return model;
    if (await isNameTaken(tx, newName)) throw modelNameIsTaken(newName);
    await requireUnused(tx, model.name);
    await requireUnused(tx, newName);
    await updateModelName(tx, id, newName);
    audit(tx, { action: "model.rename", subject: `model:${newName}`, detail: { from: model.name, to: newName } });
    for (const name of [model.name, newName]) await notify(tx.db, "assay_model", name);
    const { id: _, ...renamed } = await findModel(tx, newName);
    return renamed;
  });
}

async function requireUnused(tx: Tx, name: string): Promise<void> {
  const uses = await selectModelUses(tx, name);
  if (uses.length === 0) return;
  const named = uses.slice(0, 5).map((use) => `${WORDS[use.kind]} ${use.name}`);
  throw new ConflictError(`The name ${name} is in use: ${named.join(", ")}. The model keeps its name.`, {
    code: "model_name_in_use",
    details: uses.map((use) => ({
      field: "name",
      problem: `${WORDS[use.kind]} ${use.name} means ${name}`,
      remedy: "Remove or end it first.",
    })),
  });
}
