import { createReadStream } from "node:fs";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { ArtifactPath } from "#lib/tracking/artifact-path.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { upsertArtifact } from "#lib/tracking/store/artifacts.ts";

export interface PutArtifactInput {
  runId: string;
  /** Within the run's artifacts, such as `model/model.onnx`. */
  path: string;
  /** The bytes, or an absolute path to read them from. */
  source: Uint8Array | { file: string };
  /** By the ending when absent. */
  mediaType?: string;
}

const MEDIA_TYPES: Record<string, string> = {
  json: "application/json",
  png: "image/png",
  svg: "image/svg+xml",
  csv: "text/csv",
  md: "text/markdown",
  txt: "text/plain",
  bin: "application/octet-stream",
  onnx: "application/octet-stream",
};

/**
 * Stores a file of a run: its bytes as a blob, then its name. The same path again takes the new bytes.
 *
 * @throws InvalidError  the path is not a plain relative one
 * @throws NotFoundError no such run
 * @throws ConflictError the run is deleted
 */
export async function putArtifact(ctx: Ctx, input: PutArtifactInput): Promise<{ digest: string; sizeBytes: number }> {
  requireScope(ctx, "tracking:write");
  const path = parseArtifactPath(input.path);
  const run = await findWritableRun(ctx, input.runId);
  const blob =
    input.source instanceof Uint8Array
      ? await ctx.blobs.put(input.source)
      : await ctx.blobs.putStream(createReadStream(input.source.file));
  const ending = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  const mediaType = input.mediaType ?? MEDIA_TYPES[ending] ?? "application/octet-stream";
  await upsertArtifact(ctx, run.id, { path, ...blob, mediaType });
  return blob;
}

/** @throws InvalidError see {@link ArtifactPath} */
export function parseArtifactPath(path: string): string {
  const parsed = ArtifactPath.safeParse(path);
  if (parsed.success) {
    return parsed.data;
  }
  const problem = parsed.error.issues[0]?.message ?? "not allowed";
  throw new InvalidError("The artifact's path is not allowed.", {
    code: "artifact_path",
    details: [{ field: "path", problem, remedy: "Use a relative path of plain segments, such as model/model.onnx." }],
  });
}
