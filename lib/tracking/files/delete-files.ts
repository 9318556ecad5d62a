import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import { type FilesOf, findWritableOwner } from "#lib/tracking/files/find-owner.ts";
import { removeFiles } from "#lib/tracking/store/files.ts";

/**
 * Removes a file, or a folder with all in it. What is not there is gone already. Versions that were registered keep theirs.
 *
 * @param input.path empty for all files
 * @throws InvalidError  the path is a trick
 * @throws NotFoundError no such run or model
 * @throws ConflictError it is not to be written to
 */
export async function deleteFiles(ctx: Ctx, input: { of: FilesOf; path: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const path = input.path === "" ? "" : parseArtifactPath(input.path);
  await withTransaction(ctx, async (tx) => {
    const owner = await findWritableOwner(tx, input.of);
    const removed = await removeFiles(tx, owner, path);
    if (removed.length === 0) return;
    const subject = `${input.of.kind === "model" ? "logged_model" : input.of.kind}:${input.of.id}`;
    audit(tx, { action: "artifact.delete", subject, detail: { path, files: removed.length } });
  });
}
