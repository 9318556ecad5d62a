import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { findLockedModel, findLockedVersion } from "#lib/registry/find-model.ts";
import { requireDeletable } from "#lib/registry/require-deletable.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { markModelDeleted, markVersionDeleted } from "#lib/registry/store/model-rows.ts";
import { selectVersions, writeStage } from "#lib/registry/store.ts";

/**
 * Deletes a model with all its versions. The rows stay for the record, and the name is free again.
 *
 * @throws NotFoundError no such model in the project
 * @throws ConflictError a version serves, is where a policy put it, or an approval of one is open
 */
export async function deleteModel(ctx: Ctx, input: { name: string }): Promise<void> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  await withTransaction(ctx, async (tx) => {
    const { id, name } = await findLockedModel(tx, input.name);
    const versions = await selectVersions(tx, name);
    await requireDeletable(tx, name, versions, null);
    for (const version of versions) await leaveProduction(tx, id, version);
    await markModelDeleted(tx, id);
    const kept = versions.map(({ version, onnxDigest, runId }) => ({ version, onnxDigest, runId }));
    audit(tx, { action: "model.delete", subject: `model:${name}`, detail: { id, versions: kept } });
    await notify(tx.db, "assay_model", name);
  });
}

/**
 * Deletes a version; its aliases go, and its number is not given again. The row and the files stay for the record.
 *
 * @throws NotFoundError no such version in the project
 * @throws ConflictError it serves, is where a policy put it, or an approval of it is open
 */
export async function deleteVersion(ctx: Ctx, input: { name: string; version: number }): Promise<void> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.name);
  const { name } = input;
  await withTransaction(ctx, async (tx) => {
    const { modelId, version } = await findLockedVersion(tx, name, input.version);
    await requireDeletable(tx, name, [version], version.version);
    await leaveProduction(tx, modelId, version);
    await markVersionDeleted(tx, modelId, version.id);
    const { id, onnxDigest, runId, stage, aliases } = version;
    audit(tx, {
      action: "version.delete",
      subject: `version:${name}/${version.version}`,
      detail: { id, onnxDigest, runId, stage, aliases },
    });
    await notify(tx.db, "assay_model", name);
  });
}

/** The record keeps when a version left Production: deleting is a way out. */
async function leaveProduction(tx: Tx, modelId: string, version: ModelVersion): Promise<void> {
  if (version.stage !== "Production") return;
  const { id: versionId, version: number, stage: from } = version;
  const actor = actorName(tx.actor);
  const why = { reason: "deleted", approvalId: null };
  await writeStage(tx, modelId, { versionId, version: number, from, to: "Archived", actor, ...why });
  audit(tx, {
    action: "version.stage",
    subject: `version:${version.modelName}/${number}`,
    detail: { from, to: "Archived", reason: why.reason },
  });
}
