import type { IncomingMessage, ServerResponse } from "node:http";
import { getRequestListener, type Http2Bindings, type HttpBindings, RequestError } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Api } from "#lib/api/app.ts";
import { rawExchangeOf, sendRawBody } from "#lib/platform/http/raw.ts";
import { setResponseClass } from "#lib/platform/http/reply.ts";
import { takeLightResponse } from "#server/light-response.ts";
import type { NodeHandler } from "#server/pages.ts";

/** The API as a listener of Node's HTTP server. */
export function apiListener(api: Api): NodeHandler {
  setResponseClass(takeLightResponse());
  const { app } = api;
  const answer = async (request: Request, env: HttpBindings | Http2Bindings) => {
    const response = await app.fetch(request, env);
    const raw = rawExchangeOf(env);
    return raw !== undefined && (await sendRawBody(response, raw.outgoing)) ? RESPONSE_ALREADY_SENT : response;
  };
  return getRequestListener(answer, {
    overrideGlobalObjects: false,
    // It would cut a connection that still sends 0.5 s after the reply, which the client then never reads. Node itself
    // reads on and discards, within its `requestTimeout`.
    autoCleanupIncoming: false,
    errorHandler: (error) => malformed(error),
  });
}

/**
 * Sends a request to the API or to the pages, by the first part of its path. `/api/auth/*` is next-auth's, which lives
 * with the pages.
 */
export function frontDoor(
  prefixes: ReadonlySet<string>,
  toApi: NodeHandler,
  toPages: NodeHandler | undefined,
): (request: IncomingMessage, response: ServerResponse) => void {
  if (toPages === undefined) {
    return toApi;
  }
  return (request, response) => {
    const url = request.url ?? "/";
    const isApi = prefixes.has(firstPart(url)) && !url.startsWith("/api/auth/");
    (isApi ? toApi : toPages)(request, response);
  };
}

function firstPart(url: string): string {
  const slash = url.indexOf("/", 1);
  const query = url.indexOf("?", 1);
  const ends = [slash, query].filter((index) => index !== -1);
  return url.slice(1, ends.length === 0 ? undefined : Math.min(...ends));
}

/** Requests that are too malformed to have an URL, or broke off. */
function malformed(error: unknown): Response {
  const known = error instanceof RequestError;
  const message = known ? `The request cannot be read: ${error.message}.` : "Something went wrong on this side.";
  const code = known ? "malformed" : "internal";
  return Response.json({ error: { code, message, requestId: "none" } }, { status: known ? 400 : 500 });
}
