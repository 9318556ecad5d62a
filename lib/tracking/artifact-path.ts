import { z } from "zod";

const EXPLANATION = "must be a relative path of plain segments, such as model/model.onnx";

/**
 * An artifact's name within its run. It never becomes a place on a disk, and is refused all the same when it looks like a
 * trick on one: absolute, `.` or `..`, backslash, NUL and other control characters, `#`, `;`, `?`, or an escape such as
 * `%2e` (the router has decoded once; nothing decodes again).
 */
export const ArtifactPath = z
  .string()
  .min(1)
  .max(500)
  .refine((path) => isPlainPath(path), EXPLANATION);

function isPlainPath(path: string): boolean {
  if (/[\\#;?]|%[0-9a-f]{2}/i.test(path) || [...path].some((char) => char < " " || char === "\u007f")) {
    return false;
  }
  return path
    .split("/")
    .every((segment) => segment !== "" && segment !== "." && segment !== ".." && segment.length < 256);
}
