import { requireEntryName, requireLength } from "#lib/tracking/entry-name.ts";

/** Of a tag's value, in characters. */
const MAX_VALUE_LENGTH = 100_000;

/**
 * Tags of a model or version as they are stored.
 *
 * @throws InvalidError a name or value that is not allowed
 */
export function takeRegistryTags(tags: Record<string, string>): [string, string][] {
  return Object.entries(tags).map(([key, value]) => {
    requireEntryName(key, "key");
    requireLength(value, "value", MAX_VALUE_LENGTH);
    return [key, value];
  });
}
