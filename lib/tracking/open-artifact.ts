import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { findOwner } from "#lib/tracking/files/find-owner.ts";
import { type OpenedFile, openFile } from "#lib/tracking/files/open-file.ts";
import type { ArtifactEntry } from "#lib/tracking/schemas.ts";
import { selectFiles } from "#lib/tracking/store/files.ts";

/**
 * The run's artifacts by path.
 *
 * @throws NotFoundError no such run
 */
export async function listArtifacts(ctx: Ctx, input: { runId: string }): Promise<ArtifactEntry[]> {
  requireScope(ctx, "tracking:read");
  return selectFiles(ctx, await findOwner(ctx, { kind: "run", id: input.runId }));
}

/** One artifact of a run, as {@link openFile} does. */
export function openArtifact(ctx: Ctx, input: { runId: string; path: string }): Promise<OpenedFile> {
  return openFile(ctx, { of: { kind: "run", id: input.runId }, path: input.path });
}
