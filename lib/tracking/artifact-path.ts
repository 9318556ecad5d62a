import { z } from "zod";
import { InvalidError } from "#lib/platform/errors.ts";

const EXPLANATION = "must be a relative path of plain segments, such as model/model.onnx";

/**
 * An artifact's name within its run. It never becomes a place on a disk, and is refused all the same when it looks like a
 * trick on one: absolute, `.` or `..` (also in another width), backslash, NUL and other control characters, `#`, `;`, `?`,
 * or an escape such as `%2e` (the router has decoded once; nothing decodes again).
 */
export const ArtifactPath = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => isPlainPath(path), EXPLANATION);

function isPlainPath(path: string): boolean {
  if (/[\\#;?]|%(u[0-9a-f]{2})?[0-9a-f]{2}/i.test(path) || [...path].some((char) => char < " " || char === "\u007f")) {
    return false;
  }
  // A drive letter: harmless here, a place on the disk of whoever downloads it.
  if (/^[A-Za-z]:(\/|$)/.test(path)) return false;
  return path
    .split("/")
    .every((segment) => segment !== "" && !/^\.{1,2}$/.test(segment.normalize("NFKC")) && segment.length < 256);
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
