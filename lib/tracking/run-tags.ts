import { cutText } from "#lib/tracking/cut-text.ts";
import { requireEntryName, requireLength } from "#lib/tracking/entry-name.ts";

/** Of a tag's value, in characters; what is longer is cut, as MLflow does. */
const MAX_VALUE_LENGTH = 8_000;
const MAX_NAME_LENGTH = 1_000;

/**
 * Tags of a run as they are stored.
 *
 * @throws InvalidError a name that is not allowed
 */
export function takeRunTags(tags: Record<string, string>): [string, string][];
export function takeRunTags(tags: Record<string, string | null>): [string, string | null][];
export function takeRunTags(tags: Record<string, string | null>): [string, string | null][] {
  return Object.entries(tags).map(([key, value]) => {
    requireEntryName(key, "key");
    return [key, value === null ? null : cutText(value, MAX_VALUE_LENGTH)];
  });
}

/** @throws InvalidError too long */
export function requireRunName(name: string): void {
  requireLength(name, "run_name", MAX_NAME_LENGTH);
}
