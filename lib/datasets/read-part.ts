import { createHash } from "node:crypto";
import { requireScope } from "#lib/auth/scopes.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import { selectBlobs, selectVersionByDigest } from "#lib/datasets/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError, UnavailableError } from "#lib/platform/errors.ts";

/** Images are n × 784 bytes, labels n bytes of 0..9. */
interface DatasetPart {
  images: Uint8Array;
  labels: Uint8Array;
}

/** The project's dataset version with this content, or null. */
export async function findDatasetVersion(ctx: Ctx, input: { digest: string }): Promise<DatasetVersion | null> {
  requireScope(ctx, "datasets:read");
  return selectVersionByDigest(ctx, input.digest);
}

/**
 * The training or the test part of a version, whole, in memory: for evaluations. The bytes are checked against their
 * digests.
 *
 * @throws NotFoundError    no such version in the project
 * @throws UnavailableError a blob cannot be read, or is not what its digest says
 */
export async function readDatasetPart(
  ctx: Ctx,
  input: { versionId: string; part: "train" | "test" },
): Promise<DatasetPart> {
  requireScope(ctx, "datasets:read");
  const version = await selectBlobs(ctx, input.versionId);
  if (version === null) {
    throw new NotFoundError(`Dataset version ${input.versionId}`);
  }
  const { files } = version;
  const [images, labels] =
    input.part === "train" ? [files.trainImages, files.trainLabels] : [files.testImages, files.testLabels];
  return { images: await read(ctx, images), labels: await read(ctx, labels) };
}

async function read(ctx: Ctx, digest: string): Promise<Uint8Array> {
  const bytes = await ctx.blobs.get(digest).catch((cause: unknown) => {
    throw new UnavailableError("A file of a dataset cannot be read from the blob store.", {
      code: "blob_missing",
      cause,
    });
  });
  if (createHash("sha256").update(bytes).digest("hex") !== digest) {
    throw new UnavailableError(`The blob ${digest} of a dataset is damaged.`, { code: "blob_damaged" });
  }
  return bytes;
}
