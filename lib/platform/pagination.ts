import { z } from "zod";
import { InvalidError } from "#lib/platform/errors.ts";

/** Query fields of every list. */
export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  cursor: z.string().max(500).optional(),
});

/** A page: `nextCursor` is absent on the last one. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().optional() });

/** Keyset cursors are opaque: base64url of the JSON of the last row's sort values. */
export function encodeCursor(values: (string | number)[]): string {
  return Buffer.from(JSON.stringify(values)).toString("base64url");
}

/** @throws InvalidError when the cursor was not made by {@link encodeCursor} with `length` values */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return z
      .array(z.union([z.string(), z.number()]))
      .length(length)
      .parse(parsed);
  } catch (cause) {
    throw foreignCursor(cause);
  }
}

/** @throws InvalidError when the cursor was not made by {@link encodeCursor} with one whole number from 0 on */
export function decodeNumberCursor(cursor: string): number {
  const [number] = decodeCursor(cursor, 1);
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0) throw foreignCursor();
  return number;
}

/** @throws InvalidError when the cursor was not made by {@link encodeCursor} with a time, as ISO 8601 in UTC, and an id */
export function decodeTimeCursor(cursor: string): { createdAt: string; id: string } {
  const [createdAt, id] = decodeCursor(cursor, 2);
  // Postgres knows no year 0.
  const isTime = z.iso.datetime().safeParse(createdAt).success && !String(createdAt).startsWith("0000");
  if (!isTime) throw foreignCursor();
  return { createdAt: String(createdAt), id: String(id) };
}

/** Of a cursor whose values cannot be this list's. */
function foreignCursor(cause?: unknown): InvalidError {
  return new InvalidError("The cursor is not one that this list gave out.", {
    cause,
    details: [{ field: "cursor", problem: "unreadable", remedy: "Send the nextCursor of the page before, or none." }],
  });
}
