import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";
import { emit } from "#lib/platform/outbox.ts";
import { findLockedModel, noVersion } from "#lib/registry/find-model.ts";
import { pickOnnx } from "#lib/registry/pick-onnx.ts";
import { readSource, type SourceFacts } from "#lib/registry/read-source.ts";
import { takeRegistryTags } from "#lib/registry/registry-tags.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { copyFiles } from "#lib/registry/store/copy-files.ts";
import { setServedFile } from "#lib/registry/store/model-rows.ts";
import { upsertTags } from "#lib/registry/store/tags.ts";
import { insertVersion, selectVersion } from "#lib/registry/store.ts";
import { wrongSource } from "#lib/registry/version-source.ts";

export interface CreateVersionInput {
  modelName: string;
  /** See `version-source.ts`. */
  source: string;
  /** The run that made it, as the caller says; it must be the source's own. */
  runId?: string | undefined;
  loggedModelId?: string | undefined;
  description?: string | undefined;
  tags?: Record<string, string>;
}

/**
 * Makes the next version of a model from files that are here already: a run's, a logged model's, or another version's. They
 * are kept as they are now. Without an ONNX file among them it can be loaded by clients, but not served.
 *
 * @throws NotFoundError no such model in the project
 * @throws InvalidError  the source is not ours, has no files, or is not of the run or logged model that is named
 */
export async function createVersion(ctx: Ctx, input: CreateVersionInput): Promise<ModelVersion> {
  requireScope(ctx, "registry:write");
  requireModel(ctx, input.modelName);
  const tags = takeRegistryTags(input.tags ?? {});
  return withTransaction(ctx, async (tx) => {
    const { id: modelId, name } = await findLockedModel(tx, input.modelName);
    const facts = await readSource(tx, input.source);
    requireSame(input, facts);
    const made = await insertFrom(tx, modelId, input, facts);
    if (tags.length > 0) await upsertTags(tx, { table: "model_version_tag", id: made.id }, tags);
    const { source, runId, loggedModelId } = facts;
    audit(tx, {
      action: "version.register",
      subject: `version:${name}/${made.number}`,
      detail: { source, runId, loggedModelId, onnxDigest: made.onnxDigest, files: made.files },
    });
    await emit(tx, "version.registered", { projectId: tx.projectId, modelName: name, version: made.number, runId });
    const version = await selectVersion(tx, name, { version: made.number });
    if (version === null) throw noVersion(name, made.number);
    return version;
  });
}

async function insertFrom(tx: Tx, modelId: string, input: CreateVersionInput, facts: SourceFacts) {
  const { owner, folder, ...rest } = facts;
  const id = newId("mv");
  const { description = "" } = input;
  const createdBy = actorName(tx.actor);
  const number = await insertVersion(tx, modelId, {
    id,
    ...rest,
    description,
    createdBy,
    onnxDigest: null,
    sizeBytes: 0,
  });
  const files = await copyFiles(tx, owner, folder, id);
  if (files.length === 0) throw wrongSource(input.source, "there are no files");
  const onnx = pickOnnx(files);
  const sizeBytes = onnx?.sizeBytes ?? files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const onnxDigest = onnx?.digest ?? null;
  await setServedFile(tx, id, { onnxDigest, sizeBytes });
  return { id, number, onnxDigest, files: files.length };
}

/** The metrics and the lineage of a version are its run's: nobody lends it those of another one. */
function requireSame(input: CreateVersionInput, facts: SourceFacts): void {
  const named = [
    ["run_id", input.runId, facts.runId],
    ["model_id", input.loggedModelId, facts.loggedModelId],
  ] as const;
  for (const [field, given, own] of named) {
    if (given && given !== own) {
      throw wrongSource(
        input.source,
        `the ${field} request parameter must identify the resource that contains the source`,
      );
    }
  }
}
