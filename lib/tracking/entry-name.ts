import { posix } from "node:path";
import { InvalidError } from "#lib/platform/errors.ts";

/** How long the name of a metric, param or tag may be. */
const MAX_LENGTH = 250;

/**
 * Refuses what MLflow refuses as the name of a metric, param or tag, in its words: letters and digits of any script,
 * `_ - . : /` and spaces, and nothing that would be another name if it were a file's.
 *
 * @param field how the sender names it, such as `tags[3].key`
 * @throws InvalidError
 */
export function requireEntryName(name: string, field: string): void {
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(name)) {
    const allowed =
      "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).";
    throw refused(name, field, allowed);
  }
  const normal = posix.normalize(name).replace(/(?<=.)\/$/, "");
  if (normal !== name || normal === "." || normal.startsWith("..") || normal.startsWith("/")) {
    const same = `Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '${normal}'`;
    throw refused(name, field, same);
  }
  requireLength(name, field, MAX_LENGTH);
}

/** @throws InvalidError in MLflow's words */
export function requireLength(text: string, field: string, limit: number): void {
  if (text.length <= limit) return;
  const problem = `exceeds the maximum length of ${limit} characters`;
  throw new InvalidError(`'${field}' ${problem}`, {
    details: [{ field, problem, remedy: `Send at most ${limit} characters.` }],
  });
}

function refused(name: string, field: string, why: string): InvalidError {
  const shown = JSON.stringify(name.slice(0, 300));
  return new InvalidError(`Invalid value ${shown} for parameter '${field}' supplied: ${why}`, {
    details: [{ field, problem: why, remedy: "Choose another name." }],
  });
}
