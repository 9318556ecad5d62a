import { InvalidError } from "#lib/platform/errors.ts";

/** A fault of a request. The protocol's errors are one text: it names the place, what is wrong and what would be right. */
export function invalid(field: string, problem: string, remedy = ""): InvalidError {
  const message = `${field}: ${problem}.${remedy === "" ? "" : ` ${remedy}`}`;
  return new InvalidError(message, { details: [{ field, problem, remedy: remedy || "See /v2/models/{name}." }] });
}
