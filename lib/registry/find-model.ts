import type { Ctx } from "#lib/platform/ctx.ts";
import type { Tx } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import type { ModelSummary, ModelVersion } from "#lib/registry/schemas.ts";
import { lockModel, selectModel, selectVersion } from "#lib/registry/store.ts";

/** @throws NotFoundError no such model in the project */
export async function findModel(ctx: Ctx, name: string): Promise<ModelSummary & { id: string }> {
  const model = await selectModel(ctx, name);
  if (model === null) throw noModel(name);
  return model;
}

/** The model, its row locked until the transaction ends. */
export async function findLockedModel(tx: Tx, name: string): Promise<ModelSummary & { id: string }> {
  if ((await lockModel(tx, name)) === null) throw noModel(name);
  return findModel(tx, name);
}

/** A version, with its model's row locked until the transaction ends. */
export async function findLockedVersion(
  tx: Tx,
  name: string,
  version: number,
): Promise<{ modelId: string; version: ModelVersion }> {
  const modelId = await lockModel(tx, name);
  if (modelId === null) throw noModel(name);
  const found = await selectVersion(tx, name, { version });
  if (found === null) throw noVersion(name, version);
  return { modelId, version: found };
}

function noModel(name: string): NotFoundError {
  return new NotFoundError(`Registered Model with name=${name}`);
}

export function noVersion(name: string, version: number): NotFoundError {
  return new NotFoundError(`Model Version (name=${name}, version=${version})`);
}
