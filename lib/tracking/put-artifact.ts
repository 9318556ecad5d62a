import { createReadStream } from "node:fs";
import type { Ctx } from "#lib/platform/ctx.ts";
import { putFile, type StoredBytes } from "#lib/tracking/files/put-file.ts";

export interface PutArtifactInput {
  runId: string;
  /** Within the run's artifacts, such as `model/model.onnx`. */
  path: string;
  /** The bytes, or an absolute path to read them from. */
  source: Uint8Array | { file: string };
  /** By the ending when absent. */
  mediaType?: string;
}

/** Stores a file of a run, as {@link putFile} does. */
export function putArtifact(ctx: Ctx, input: PutArtifactInput): Promise<StoredBytes> {
  const { runId, path, mediaType } = input;
  const given = input.source;
  const source = given instanceof Uint8Array ? given : () => createReadStream(given.file);
  return putFile(ctx, { of: { kind: "run", id: runId }, path, source, mediaType });
}
