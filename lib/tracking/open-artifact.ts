import type { Readable } from "node:stream";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { parseArtifactPath } from "#lib/tracking/put-artifact.ts";
import type { ArtifactEntry } from "#lib/tracking/schemas.ts";
import { selectArtifact, selectArtifacts } from "#lib/tracking/store/artifacts.ts";

/**
 * The run's artifacts by path.
 *
 * @throws NotFoundError no such run
 */
export async function listArtifacts(ctx: Ctx, input: { runId: string }): Promise<ArtifactEntry[]> {
  requireScope(ctx, "tracking:read");
  const run = await findRun(ctx, input.runId);
  return selectArtifacts(ctx, run.id);
}

/**
 * One artifact. Throws before a byte is read; `open` gives the bytes.
 *
 * @throws InvalidError  the path is a trick (see `artifact-path.ts`)
 * @throws NotFoundError no such run or artifact
 */
export async function openArtifact(
  ctx: Ctx,
  input: { runId: string; path: string },
): Promise<{ entry: ArtifactEntry; open: () => Promise<Readable> }> {
  requireScope(ctx, "tracking:read");
  const path = parseArtifactPath(input.path);
  const run = await findRun(ctx, input.runId);
  const entry = await selectArtifact(ctx, run.id, path);
  if (entry === null) {
    throw new NotFoundError(`Artifact ${path} of run ${run.id}`);
  }
  return { entry, open: () => ctx.blobs.stream(entry.digest) };
}
