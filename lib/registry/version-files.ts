import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { versionExists } from "#lib/registry/store/version-files.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import { type OpenedFile, openFileOf } from "#lib/tracking/files/open-file.ts";
import { type FileOwner, type FolderEntry, selectFolder } from "#lib/tracking/store/files.ts";

/**
 * A file of a version as it was registered.
 *
 * @throws InvalidError  the path is a trick
 * @throws NotFoundError no such version in the project, or no such file
 */
export async function openVersionFile(ctx: Ctx, input: { versionId: string; path: string }): Promise<OpenedFile> {
  requireScope(ctx, "registry:read");
  const path = parseArtifactPath(input.path);
  return openFileOf(ctx, await findOwner(ctx, input.versionId), path);
}

/**
 * What lies directly in a folder of a version's files; empty for the root.
 *
 * @throws InvalidError  the path is a trick
 * @throws NotFoundError no such version in the project
 */
export async function listVersionFolder(
  ctx: Ctx,
  input: { versionId: string; folder: string },
): Promise<FolderEntry[]> {
  requireScope(ctx, "registry:read");
  const folder = input.folder === "" ? "" : parseArtifactPath(input.folder);
  return selectFolder(ctx, await findOwner(ctx, input.versionId), folder);
}

async function findOwner(ctx: Ctx, versionId: string): Promise<FileOwner> {
  if (!(await versionExists(ctx, versionId))) throw new NotFoundError("The version");
  return { table: "model_version_file", id: versionId };
}
