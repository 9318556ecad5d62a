import { createHash } from "node:crypto";
import { InvalidError } from "#lib/platform/errors.ts";
import type { Marks, SortKey } from "#lib/platform/filter/keyset.ts";
import { requireStorable } from "#lib/platform/http/storable.ts";

const MAX_LENGTH = 100_000;
const FORMS: Record<Exclude<SortKey["type"], "text">, RegExp> = {
  float8: /^(-?\d{1,400}(\.\d{1,400})?(e[+-]?\d{1,3})?|-?Infinity)$/,
  bigint: /^-?\d{1,18}$/,
  time: /^-?\d{1,15}$/,
  id: /^[A-Za-z0-9-]{1,64}$/,
};

/**
 * A token for the rows after `marks` of one query: opaque, and of no use with another query. It gives no right: a page is
 * of what its asker may see, whatever the token says.
 */
export function encodePageToken(query: unknown, marks: Marks): string {
  return Buffer.from(JSON.stringify([digestOf(query, marks), ...marks])).toString("base64url");
}

/**
 * The marks in a token; undefined without one.
 *
 * @throws InvalidError it is not of this query, or was changed
 */
export function decodePageToken(
  query: unknown,
  keys: readonly SortKey[],
  token: string | null | undefined,
): Marks | undefined {
  if (!token) return undefined;
  const [digest, ...marks] = read(token);
  const fits = marks.length === keys.length && keys.every((key, index) => isMark(key, marks[index]));
  if (!fits || digest !== digestOf(query, marks)) throw foreign();
  requireStorable(marks, "query");
  return marks.map((mark) => (typeof mark === "string" ? mark : null));
}

function read(token: string): unknown[] {
  if (token.length > MAX_LENGTH) throw foreign();
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, "base64url").toString());
    if (Array.isArray(parsed)) return parsed;
  } catch (cause) {
    throw foreign(cause);
  }
  throw foreign();
}

function isMark({ type, nullable }: SortKey, mark: unknown): boolean {
  if (mark === null) return nullable;
  if (typeof mark !== "string") return false;
  if (type === "text") return true;
  // What is a number to the pattern may still be too large for Postgres.
  return FORMS[type].test(mark) && (type !== "float8" || mark.endsWith("Infinity") || Number.isFinite(Number(mark)));
}

function digestOf(query: unknown, marks: unknown[]): string {
  return createHash("sha256")
    .update(JSON.stringify([query, marks]))
    .digest("hex")
    .slice(0, 24);
}

function foreign(cause?: unknown): InvalidError {
  return new InvalidError("Invalid page token: it is not one that this search gave out.", {
    cause,
    details: [
      { field: "page_token", problem: "of another search, or changed", remedy: "Begin again without a page_token." },
    ],
  });
}
