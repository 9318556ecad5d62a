import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError, PreconditionFailedError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { emit } from "#lib/platform/outbox.ts";
import { requireMove } from "#lib/registry/require-move.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { canStageBecome, type Stage } from "#lib/registry/status.ts";
import { selectDeploymentsOf } from "#lib/registry/store/model-uses.ts";
import { lockModel, selectVersion, writeStage } from "#lib/registry/store.ts";

export interface SetStageInput {
  modelName: string;
  version: number;
  stage: Stage;
  /** Why, in the words of whoever does it; part of the record. */
  reason?: string;
  /** Given only by the room `approvals`, in the transaction that uses the approval up. */
  approvalId?: string;
}

/**
 * Moves a version to a stage. Into Production it replaces the one that is there, which goes to Archived, and takes the
 * alias `champion` with it. The model's row is locked first, so two promotions cannot both win. Every move is a
 * transition, an audit row and an event; processes that serve hear of it by `assay_model`. The same stage again changes nothing.
 *
 * @throws NotFoundError no such version in the project
 * @throws ConflictError the table of `status.ts` does not allow it
 * @throws ForbiddenError `approval_required`: a policy protects the stage (see `requireMove`)
 * @throws PreconditionFailedError `no_onnx_file`: a deployment would have to answer with a version that cannot be served
 */
export async function setStage(ctx: Ctx, input: SetStageInput): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
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
    const { modelName, approvalId, reason = "" } = input;
    const [enters, leaves] = [`stage:${input.stage}`, `stage:${version.stage}`];
    await requireMove(tx, { modelName, version: version.version, enters, leaves, reason, approvalId });
    if (input.stage === "Production") {
      await requireServable(tx, version);
      const holder = await selectVersion(tx, input.modelName, { stage: "Production" });
      if (holder !== null) {
        await move(tx, modelId, holder, "Archived", { reason: `replaced by version ${version.version}`, approvalId });
      }
    }
    await move(tx, modelId, version, input.stage, { reason, approvalId });
    await notify(tx.db, "assay_model", input.modelName);
    return (await selectVersion(tx, input.modelName, { version: input.version })) ?? version;
  });
}

/** Without a deployment a version may be in Production for clients that load it themselves. */
async function requireServable(tx: Tx, version: ModelVersion): Promise<void> {
  if (version.onnxDigest !== null) return;
  const [deployment] = await selectDeploymentsOf(tx, version.modelName);
  if (deployment === undefined) return;
  const problem = `version ${version.version} of ${version.modelName} has no ONNX file, and ${deployment} serves Production`;
  throw new PreconditionFailedError(`It cannot be served: ${problem}.`, {
    code: "no_onnx_file",
    details: [{ field: "stage", problem, remedy: "Register the model as ONNX, as one .onnx file." }],
  });
}

async function move(
  tx: Tx,
  modelId: string,
  version: ModelVersion,
  to: Stage,
  why: { reason: string; approvalId: string | undefined },
): Promise<void> {
  const from = version.stage;
  const change = { versionId: version.id, version: version.version, from, to, actor: actorName(tx.actor) };
  await writeStage(tx, modelId, { ...change, reason: why.reason, approvalId: why.approvalId ?? null });
  audit(tx, {
    action: to === "Production" ? "version.promote" : "version.stage",
    subject: `version:${version.modelName}/${version.version}`,
    detail: { from, to, ...why },
  });
  await emit(tx, "version.staged", {
    projectId: tx.projectId,
    modelName: version.modelName,
    version: version.version,
    from,
    to,
  });
}
