import { InvalidError } from "#lib/platform/errors.ts";
import { requireEntryName, requireLength } from "#lib/tracking/entry-name.ts";

/** Of a tag's value, in characters: lists of versions are kept in one. */
const MAX_TAG_LENGTH = 100_000;
const MAX_NAME_LENGTH = 500;

/**
 * Tags of a logged model as they are stored.
 *
 * @throws InvalidError a name or value that is not allowed
 */
export function takeModelTags(tags: Record<string, string>): [string, string][] {
  return Object.entries(tags).map(([key, value]) => {
    requireEntryName(key, "key");
    requireLength(value, "value", MAX_TAG_LENGTH);
    return [key, value];
  });
}

/** @throws InvalidError in MLflow's words */
export function requireModelName(name: string): void {
  requireLength(name, "name", MAX_NAME_LENGTH);
  if (name !== "" && !/[/:.%"']/.test(name)) return;
  const problem = "Model name must be a non-empty string and cannot contain the following characters: / : . % \" '";
  throw new InvalidError(`Invalid model name (${JSON.stringify(name)}) provided. ${problem}`, {
    details: [{ field: "name", problem, remedy: "Choose another name." }],
  });
}
