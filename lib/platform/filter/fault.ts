import { InvalidError } from "#lib/platform/errors.ts";

/** Where a fault is, and what is wrong there. */
export class FilterFault extends Error {
  readonly at: number | undefined;

  /** `at` counts characters from 0; undefined where no one place is at fault. */
  constructor(message: string, at?: number) {
    super(message);
    this.at = at;
  }
}

/**
 * Runs a parser on a field of the request.
 *
 * @throws InvalidError what is wrong, with the place as a number counted from 1
 */
export function asInvalid<T>(field: string, remedy: string, parse: () => T): T {
  try {
    return parse();
  } catch (thrown) {
    if (!(thrown instanceof FilterFault)) throw thrown;
    const place = thrown.at === undefined ? "" : ` (at character ${thrown.at + 1})`;
    const message = `${thrown.message}${place}`;
    throw new InvalidError(message, { details: [{ field, problem: message, remedy }] });
  }
}
