import type { z } from "zod";
import { invalidSpans } from "#lib/tracking/traces/span-draft.ts";

/** Numbers that a double does not hold; within a text the quotes of these names would be escaped. */
const LONG_NUMBERS = /"((?:start|end)?_?time_?unix_?nano|intValue)"(\s*:\s*)(-?[0-9]{16,20})(?=\s*[,}])/gi;

/**
 * JSON whose times in nanoseconds keep every digit: they become texts.
 *
 * @throws InvalidError not JSON, or not of that form
 */
export function parseSpanJson<T extends z.ZodType>(form: T, body: Uint8Array, problem: string): z.output<T> {
  const json = Buffer.from(body).toString("utf8").replace(LONG_NUMBERS, '"$1"$2"$3"');
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (cause) {
    throw invalidSpans(problem, cause);
  }
  const parsed = form.safeParse(given);
  if (!parsed.success) throw invalidSpans(problem, parsed.error);
  return parsed.data;
}
