import { InvalidError } from "#lib/platform/errors.ts";
import { cutText } from "#lib/tracking/cut-text.ts";
import { requireEntryName } from "#lib/tracking/entry-name.ts";

/** Of a param's value, in characters; what is longer is cut, as MLflow does. */
const MAX_VALUE_LENGTH = 6_000;

/**
 * Params of a run as they are stored.
 *
 * @param path the sender's name of one, such as `params[3]`; empty when it is the only one
 * @throws InvalidError a name that is not allowed, or twice the same
 */
export function takeRunParams(
  params: readonly { key: string; value: string }[],
  path: (index: number) => string,
): [string, string][] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  const taken = params.map(({ key, value }, index): [string, string] => {
    const at = path(index);
    requireEntryName(key, at === "" ? "key" : `${at}.key`);
    if (seen.has(key)) twice.add(key);
    seen.add(key);
    return [key, cutText(value, MAX_VALUE_LENGTH)];
  });
  if (twice.size > 0) {
    const keys = [...twice].map((key) => `'${key}'`).join(", ");
    throw new InvalidError(
      `Duplicate parameter keys have been submitted: [${keys}]. Please ensure the request contains only one param value per param key.`,
      { details: [{ field: "params", problem: "a key is there twice", remedy: "Send each key once." }] },
    );
  }
  return taken;
}
