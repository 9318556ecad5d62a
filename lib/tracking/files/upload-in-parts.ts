import { z } from "zod";
import { requireScope } from "#lib/auth/scopes.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { InvalidError, LimitExceededError, NotFoundError } from "#lib/platform/errors.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import { type FilesOf, findWritableOwner } from "#lib/tracking/files/find-owner.ts";
import { mediaTypeOf } from "#lib/tracking/files/media-type.ts";
import { nameFile, type StoredBytes } from "#lib/tracking/files/put-file.ts";

/** Large files in parts, sent at once by whoever began: the upload is bound to the project, the caller and the path. */

const MAX_PARTS = 10_000;
/** Of all projects: each may hold much of the disk. */
const MAX_OPEN = 1_000;

const About = z.object({
  projectId: z.string(),
  actor: z.string(),
  of: z.object({ kind: z.enum(["run", "model", "trace"]), id: z.string() }),
  path: z.string(),
  parts: z.int(),
});
type About = z.infer<typeof About>;

/**
 * Begins an upload.
 *
 * @returns its id, which nobody can guess
 * @throws InvalidError       the path is not a plain relative one, or the number of parts is out of 1..10,000
 * @throws NotFoundError      no such run or model
 * @throws ConflictError      it takes no files
 * @throws LimitExceededError too many uploads are open
 */
export async function createUpload(
  ctx: Ctx,
  input: { of: FilesOf; path: string; parts: number },
): Promise<{ uploadId: string }> {
  requireScope(ctx, "tracking:write");
  const path = parseArtifactPath(input.path);
  if (!Number.isInteger(input.parts) || input.parts < 1 || input.parts > MAX_PARTS) {
    throw new InvalidError(`An upload has 1 to ${MAX_PARTS} parts.`, {
      details: [{ field: "num_parts", problem: "out of range", remedy: "Send larger parts." }],
    });
  }
  await findWritableOwner(ctx, input.of);
  if ((await ctx.blobs.uploads.countOpen()) >= MAX_OPEN) {
    throw new LimitExceededError("limit_exceeded", "Too many uploads are open.", { retryAfterSeconds: 60 });
  }
  const { kind, id } = input.of;
  const about: About = {
    projectId: ctx.projectId,
    actor: actorName(ctx.actor),
    of: { kind, id },
    path,
    parts: input.parts,
  };
  return { uploadId: await ctx.blobs.uploads.create(about) };
}

/**
 * Stores a part.
 *
 * @throws NotFoundError no such upload of this caller, or it has no such part
 */
export async function putUploadPart(
  ctx: Ctx,
  input: { uploadId: string; number: number; source: () => AsyncIterable<Uint8Array> },
): Promise<StoredBytes> {
  requireScope(ctx, "tracking:write");
  const { about, done } = await findUpload(ctx, input.uploadId);
  if (done || input.number < 1 || input.number > about.parts) {
    throw new NotFoundError(`Part ${input.number} of the upload`);
  }
  return ctx.blobs.uploads.putPart(input.uploadId, input.number, input.source());
}

/**
 * Puts the parts together and gives the file its name. Again gives the same.
 *
 * @param input.parts every part from 1 on, each with the digest that sending it returned
 * @throws InvalidError  a part is absent, or another one than was sent
 * @throws NotFoundError no such upload of this caller
 * @throws ConflictError the run or model takes no files any more
 */
export async function completeUpload(
  ctx: Ctx,
  input: { uploadId: string; of: FilesOf; path: string; parts: { number: number; digest: string }[] },
): Promise<StoredBytes> {
  requireScope(ctx, "tracking:write");
  const { about } = await findUpload(ctx, input.uploadId, input);
  const numbers = new Set(input.parts.map(({ number }) => number));
  if (input.parts.length !== about.parts || numbers.size !== about.parts || Math.max(...numbers) !== about.parts) {
    throw new InvalidError(`The upload has ${about.parts} parts: name each once.`, {
      code: "upload_incomplete",
      details: [{ field: "parts", problem: `not 1 to ${about.parts}`, remedy: "Name every part." }],
    });
  }
  const owner = await findWritableOwner(ctx, about.of);
  const blob = await ctx.blobs.uploads.complete(input.uploadId, input.parts);
  await nameFile(ctx, owner, { path: about.path, mediaType: mediaTypeOf(about.path), ...blob });
  return blob;
}

/**
 * Gives an upload up, with all its parts.
 *
 * @throws NotFoundError no such upload of this caller
 */
export async function abortUpload(ctx: Ctx, input: { uploadId: string; of: FilesOf; path: string }): Promise<void> {
  requireScope(ctx, "tracking:write");
  await findUpload(ctx, input.uploadId, input);
  await ctx.blobs.uploads.abort(input.uploadId);
}

/** Another caller's, project's or path's upload is as good as absent. */
async function findUpload(ctx: Ctx, id: string, named?: { of: FilesOf; path: string }) {
  const { about: kept, done } = await ctx.blobs.uploads.read(id);
  const about = About.parse(kept);
  const isTheirs = about.projectId === ctx.projectId && about.actor === actorName(ctx.actor);
  const isNamed =
    named === undefined ||
    (about.of.kind === named.of.kind && about.of.id === named.of.id && about.path === named.path);
  if (!isTheirs || !isNamed) throw new NotFoundError("The upload", { code: "no_such_upload" });
  return { about, done: done !== undefined };
}
