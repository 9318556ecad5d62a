import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { RequestDetail as DetailSchema } from "#lib/approvals/schemas.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";

/**
 * The request's version that the caller read, of `If-Match: "7"`. Absent or `*`: whichever it is.
 *
 * @throws InvalidError another form
 */
export function ifMatchOf(request: Request): number | undefined {
  const header = request.headers.get("if-match");
  if (header === null || header.trim() === "*") return undefined;
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) {
    throw new InvalidError("If-Match is not one that this API gave out.", {
      details: [{ field: "If-Match", problem: "unreadable", remedy: "Send the ETag of the request as you read it." }],
    });
  }
  return Number(version);
}

/** A request as the reply, with its version as ETag. */
export async function withETag(result: RequestDetail | Promise<RequestDetail>, status = 200): Promise<Response> {
  const detail = DetailSchema.parse(await result);
  const headers = { "Content-Type": "application/json; charset=utf-8", ETag: `"${detail.lockVersion}"` };
  return makeResponse(JSON.stringify(detail), status, headers);
}
