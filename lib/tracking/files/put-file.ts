import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import { type FilesOf, findWritableOwner, type WritableOwner } from "#lib/tracking/files/find-owner.ts";
import { mediaTypeOf } from "#lib/tracking/files/media-type.ts";
import { upsertFile } from "#lib/tracking/store/files.ts";

export interface PutFileInput {
  of: FilesOf;
  /** Within the owner's files, such as `model/model.onnx`. */
  path: string;
  /** The bytes, or what opens a stream of them once it is clear that they are wanted. */
  source: Uint8Array | (() => AsyncIterable<Uint8Array>);
  /** By the ending when absent. */
  mediaType?: string | undefined;
}

/** What was stored: the SHA-256 of the bytes in hex, and how many. */
export interface StoredBytes {
  digest: string;
  sizeBytes: number;
}

/**
 * Stores a file: its bytes as a blob, then its name. The same path again takes the new bytes. A source that breaks off
 * leaves nothing.
 *
 * @throws InvalidError  the path is not a plain relative one
 * @throws NotFoundError no such run or model
 * @throws ConflictError it takes no files, or the path is a folder or goes through a file
 */
export async function putFile(ctx: Ctx, input: PutFileInput): Promise<StoredBytes> {
  requireScope(ctx, "tracking:write");
  const path = parseArtifactPath(input.path);
  const owner = await findWritableOwner(ctx, input.of);
  const { source } = input;
  const blob = source instanceof Uint8Array ? await ctx.blobs.put(source) : await ctx.blobs.putStream(source());
  await nameFile(ctx, owner, { path, mediaType: mediaTypeOf(path, input.mediaType), ...blob });
  return blob;
}

/**
 * Gives stored bytes their name.
 *
 * @throws ConflictError the path is a folder or goes through a file
 */
export async function nameFile(
  ctx: Ctx,
  owner: WritableOwner,
  file: StoredBytes & { path: string; mediaType: string },
): Promise<void> {
  if (await upsertFile(ctx, owner, file)) return;
  throw new ConflictError(`${file.path} is a folder, or a part of it is a file. Choose another name.`, {
    code: "artifact_path_conflict",
  });
}
