import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { emit } from "#lib/platform/outbox.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { canStageBecome, type Stage } from "#lib/registry/status.ts";
import { lockModel, selectVersion, writeStage } from "#lib/registry/store.ts";

export interface SetStageInput {
  modelName: string;
  version: number;
  stage: Stage;
  /** Why, in the words of whoever does it; part of the record. */
  reason?: string;
}

/**
 * Moves a version to a stage. Into Production it replaces the one that is there, which goes to Archived, and takes the
 * alias `champion` with it. The model's row is locked first, so two promotions cannot both win. Every move is a
 * transition, an audit row and an event; processes that serve hear of it by `assay_model`. The same stage again changes nothing.
 *
 * @throws NotFoundError no such version in the project
 * @throws ConflictError the table of `status.ts` does not allow it
 */
export async function setStage(ctx: Ctx, input: SetStageInput): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  return withTransaction(ctx, async (tx) => {
    const modelId = await lockModel(tx, input.modelName);
    const version = modelId === null ? null : await selectVersion(tx, input.modelName, { version: input.version });
    if (modelId === null || version === null) {
      throw new NotFoundError(`Version ${input.version} of ${input.modelName}`);
    }
    if (version.stage === input.stage) {
      return version;
    }
    if (!canStageBecome(version.stage, input.stage)) {
      throw new ConflictError(`A version in ${version.stage} cannot go to ${input.stage}.`, { code: "stage_conflict" });
    }
    if (input.stage === "Production") {
      const holder = await selectVersion(tx, input.modelName, { stage: "Production" });
      if (holder !== null) {
        await move(tx, modelId, holder, "Archived", `replaced by version ${version.version}`);
      }
    }
    await move(tx, modelId, version, input.stage, input.reason ?? "");
    await notify(tx.db, "assay_model", input.modelName);
    return (await selectVersion(tx, input.modelName, { version: input.version })) ?? version;
  });
}

async function move(tx: Tx, modelId: string, version: ModelVersion, to: Stage, reason: string): Promise<void> {
  const from = version.stage;
  const change = { versionId: version.id, version: version.version, from, to, actor: actorName(tx.actor), reason };
  await writeStage(tx, modelId, change);
  audit(tx, {
    action: to === "Production" ? "version.promote" : "version.stage",
    subject: `version:${version.modelName}/${version.version}`,
    detail: { from, to, reason },
  });
  await emit(tx, "version.staged", {
    projectId: tx.projectId,
    modelName: version.modelName,
    version: version.version,
    from,
    to,
  });
}
