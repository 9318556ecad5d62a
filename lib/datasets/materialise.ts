import { createHash } from "node:crypto";
import { join } from "node:path";
import { cacheRaw, readCachedRaw } from "#lib/datasets/cache.ts";
import { cacheFolder, type DatasetPlaces } from "#lib/datasets/places.ts";
import { type DatasetBlobs, selectBlobs } from "#lib/datasets/store.ts";
import type { DatasetFiles } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError, UnavailableError } from "#lib/platform/errors.ts";

/**
 * A dataset version as files on this machine, for the training child: in ASSAY_CACHE/datasets, named by the digest of
 * their bytes and checked against it each time, so that a damaged cache mends itself from the blob store.
 *
 * @throws NotFoundError    no such version in the project
 * @throws UnavailableError a blob is not what its digest says
 */
export async function materialise(ctx: Ctx, places: DatasetPlaces, versionId: string): Promise<DatasetFiles> {
  const version = await selectBlobs(ctx, versionId);
  if (version === null) {
    throw new NotFoundError(`Dataset version ${versionId}`);
  }
  const { files } = version;
  const file = (part: keyof DatasetBlobs) => materialiseBlob(ctx, places, files[part]);
  return {
    trainImages: await file("trainImages"),
    trainLabels: await file("trainLabels"),
    testImages: await file("testImages"),
    testLabels: await file("testLabels"),
    digest: version.digest,
  };
}

async function materialiseBlob(ctx: Ctx, places: DatasetPlaces, digest: string): Promise<string> {
  const cached = await readCachedRaw(places, digest);
  if (cached !== undefined && sha256(cached) === digest) {
    return join(cacheFolder(places), digest);
  }
  const bytes = await ctx.blobs.get(digest);
  if (sha256(bytes) !== digest) {
    throw new UnavailableError(`The blob ${digest} of a dataset is damaged.`, { code: "blob_damaged" });
  }
  return cacheRaw(places, digest, bytes);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
