import { makeResponse } from "#lib/platform/http/reply.ts";

/** The protocol's way to say that a server does not do something: clients then try another way. */
export function notSupported(message: string): Response {
  return makeResponse(JSON.stringify({ error_code: "NOT_IMPLEMENTED", message }), 501, {
    "Content-Type": "application/json; charset=utf-8",
  });
}
