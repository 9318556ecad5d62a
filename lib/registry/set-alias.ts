import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { emit } from "#lib/platform/outbox.ts";
import { requireMove } from "#lib/registry/require-move.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { CHAMPION } from "#lib/registry/status.ts";
import { removeAlias, selectAlias, upsertAlias } from "#lib/registry/store/aliases.ts";
import { lockModel, selectVersion } from "#lib/registry/store.ts";

export interface SetAliasInput {
  modelName: string;
  alias: string;
  version: number;
  /** Why; part of the record. */
  reason?: string;
  /** Given only by the room `approvals`, in the transaction that uses the approval up. */
  approvalId?: string;
}

/**
 * Lets an alias name a version; it leaves the one that it named. The model's row is locked. The same version again
 * changes nothing.
 *
 * @throws NotFoundError  no such version in the project
 * @throws ForbiddenError `approval_required`: the alias is protected
 * @throws ConflictError  `champion` names the version in Production and moves with it
 */
export async function setAlias(ctx: Ctx, input: SetAliasInput): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
  const { modelName, alias, reason = "" } = input;
  return withTransaction(ctx, async (tx) => {
    const modelId = await lockModel(tx, modelName);
    const version = modelId === null ? null : await selectVersion(tx, modelName, { version: input.version });
    if (modelId === null || version === null) {
      throw new NotFoundError(`Version ${input.version} of ${modelName}`);
    }
    const before = await selectAlias(tx, modelName, alias);
    if (before === input.version) {
      return version;
    }
    await requireAliasMove(tx, { ...input, reason, isSet: true });
    await upsertAlias(tx, modelId, alias, input.version);
    await record(tx, "model.set_alias", { ...input, before, after: input.version, reason });
    return (await selectVersion(tx, modelName, { version: input.version })) ?? version;
  });
}

/**
 * Takes an alias away.
 *
 * @param input.ifThere one that is not there is gone already
 * @throws NotFoundError  no such alias
 * @throws ForbiddenError `approval_required`: protected, and the actor is no admin
 * @throws InvalidError   protected, and no reason was given
 * @throws ConflictError  `champion` goes with the version in Production
 */
export async function deleteAlias(
  ctx: Ctx,
  input: { modelName: string; alias: string; reason?: string; ifThere?: boolean },
): Promise<void> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
  const { modelName, alias, reason = "" } = input;
  await withTransaction(ctx, async (tx) => {
    const modelId = await lockModel(tx, modelName);
    const before = modelId === null ? null : await selectAlias(tx, modelName, alias);
    if (modelId !== null && before === null && input.ifThere === true) return;
    if (modelId === null || before === null) {
      throw new NotFoundError(`Alias ${alias} of ${modelName}`);
    }
    await requireAliasMove(tx, { modelName, alias, version: before, reason, isSet: false });
    await removeAlias(tx, modelId, alias);
    await record(tx, "model.delete_alias", { modelName, alias, before, after: null, reason });
  });
}

async function requireAliasMove(
  tx: Tx,
  move: { modelName: string; alias: string; version: number; reason: string; isSet: boolean; approvalId?: string },
): Promise<void> {
  const { modelName, version, reason, approvalId, isSet } = move;
  // `champion` is protected where Production is: they are one. By hand it is set only while nothing is in Production.
  const target = move.alias === CHAMPION ? "stage:Production" : `alias:${move.alias}`;
  await requireMove(tx, {
    modelName,
    version,
    reason,
    approvalId,
    enters: isSet ? target : null,
    leaves: isSet ? null : target,
  });
  if (move.alias === CHAMPION && (await selectVersion(tx, modelName, { stage: "Production" })) !== null) {
    throw new ConflictError("The alias champion always names the version in Production.", {
      code: "alias_follows_production",
      details: [
        { field: "alias", problem: "follows the stage", remedy: "Move the version into or out of Production instead." },
      ],
    });
  }
}

async function record(
  tx: Tx,
  action: string,
  change: {
    modelName: string;
    alias: string;
    before: number | null;
    after: number | null;
    reason: string;
    approvalId?: string;
  },
): Promise<void> {
  const { modelName, alias, before, after, reason, approvalId } = change;
  audit(tx, {
    action,
    subject: `model:${modelName}`,
    detail: { alias, before, after, reason, approvalId },
  });
  await emit(tx, "model.alias_moved", { projectId: tx.projectId, modelName, alias, before, after });
  await notify(tx.db, "assay_model", modelName);
}
