import type { Readable } from "node:stream";
import { requireScope } from "#lib/auth/scopes.ts";
import type { ByteRange } from "#lib/platform/blob.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import { type FilesOf, findOwner } from "#lib/tracking/files/find-owner.ts";
import type { ArtifactEntry } from "#lib/tracking/schemas.ts";
import { type FileOwner, type FolderEntry, selectFile, selectFolder } from "#lib/tracking/store/files.ts";

export interface OpenedFile {
  entry: ArtifactEntry;
  /** The bytes, or a range of them. */
  open(range?: ByteRange): Promise<Readable>;
}

/**
 * One file. Throws before a byte is read; `open` gives the bytes.
 *
 * @throws InvalidError  the path is a trick (see `artifact-path.ts`)
 * @throws NotFoundError no such run, model or file
 */
export async function openFile(ctx: Ctx, input: { of: FilesOf; path: string }): Promise<OpenedFile> {
  requireScope(ctx, "tracking:read");
  const path = parseArtifactPath(input.path);
  return openFileOf(ctx, await findOwner(ctx, input.of), path);
}

/** For an owner that the caller has found in the project, and a path that it has parsed. */
export async function openFileOf(ctx: Ctx, owner: FileOwner, path: string): Promise<OpenedFile> {
  const entry = await selectFile(ctx, owner, path);
  if (entry === null) throw new NotFoundError(`Artifact ${path}`);
  return { entry, open: (range) => ctx.blobs.stream(entry.digest, range) };
}

/**
 * What lies directly in a folder, by name. A folder that is not there is empty, as a file is.
 *
 * @param input.folder empty for the root
 * @throws InvalidError  the path is a trick
 * @throws NotFoundError no such run or model
 */
export async function listFolder(ctx: Ctx, input: { of: FilesOf; folder: string }): Promise<FolderEntry[]> {
  requireScope(ctx, "tracking:read");
  const folder = input.folder === "" ? "" : parseArtifactPath(input.folder);
  return selectFolder(ctx, await findOwner(ctx, input.of), folder);
}
