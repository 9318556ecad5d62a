import { requireScope } from "#lib/auth/scopes.ts";
import type { Dataset, DatasetVersionDetail } from "#lib/datasets/schemas.ts";
import { selectDatasets, selectVersionDetail } from "#lib/datasets/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/** The project's datasets by name, each with its versions, newest first. */
export async function listDatasets(ctx: Ctx): Promise<Dataset[]> {
  requireScope(ctx, "datasets:read");
  return selectDatasets(ctx);
}

/**
 * A version with sample images.
 *
 * @throws NotFoundError no such version in the project
 */
export async function getDatasetVersion(
  ctx: Ctx,
  input: { name: string; version: number },
): Promise<DatasetVersionDetail> {
  requireScope(ctx, "datasets:read");
  const version = await selectVersionDetail(ctx, input.name, input.version);
  if (version === null) {
    throw new NotFoundError(`Version ${input.version} of dataset ${input.name}`);
  }
  return version;
}
