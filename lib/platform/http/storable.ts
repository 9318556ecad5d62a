import { type ErrorDetail, InvalidError } from "#lib/platform/errors.ts";

/**
 * Postgres holds neither NUL nor half a surrogate pair. A text that has one is refused where it comes in, names of fields
 * included. By a list instead of recursion: what is nested deep must not exhaust the stack.
 *
 * @throws InvalidError with the field
 */
export function requireStorable(value: unknown, where: "body" | "query" | "path"): void {
  const left: { field: string; value: unknown }[] = [{ field: "", value }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { field, value: at } = next;
    if (typeof at === "string") {
      if (!isStorable(at)) throw notStorable(field || where);
    } else if (Array.isArray(at)) {
      at.forEach((item: unknown, index) => {
        if (mayHoldText(item)) left.push({ field: `${field}[${index}]`, value: item });
      });
    } else if (typeof at === "object" && at !== null) {
      for (const [key, item] of Object.entries(at)) {
        if (!isStorable(key)) throw notStorable(field || where);
        if (mayHoldText(item)) left.push({ field: field === "" ? key : `${field}.${key}`, value: item });
      }
    }
  }
}

function isStorable(text: string): boolean {
  return !text.includes("\0") && !/\p{Surrogate}/u.test(text);
}

/** Images are long lists of numbers: they cost nothing. */
function mayHoldText(value: unknown): boolean {
  return typeof value === "string" || (typeof value === "object" && value !== null);
}

function notStorable(field: string): InvalidError {
  const detail: ErrorDetail = {
    field,
    problem: "holds a NUL character or half a surrogate pair",
    remedy: "Send well-formed text without U+0000.",
  };
  return new InvalidError(`${field} ${detail.problem}.`, { code: "invalid_text", details: [detail] });
}
