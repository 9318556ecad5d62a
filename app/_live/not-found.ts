import { notFound } from "next/navigation";
import { isAppError } from "#lib/platform/errors.ts";

/** For `.catch` of a page's main read: what is not there becomes the 404 page, anything else goes on. */
export function notFoundOnMissing(error: unknown): never {
  if (isAppError(error) && error.kind === "not_found") notFound();
  throw error;
}
