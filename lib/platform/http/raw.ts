import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/**
 * A request as Node has it. Bodies of files go to and from it directly: by way of the web's streams they cost several times
 * the work.
 */
export interface RawExchange {
  incoming: IncomingMessage;
  outgoing: ServerResponse;
}

/** What a host may have put into a request's environment; a host that is not Node's has no streams of it. */
export function rawExchangeOf(env: { incoming?: object; outgoing?: object } | undefined): RawExchange | undefined {
  const isNode = env?.incoming !== undefined && "iterator" in env.incoming && env.outgoing !== undefined;
  return isNode ? (env as RawExchange) : undefined;
}

const bodies = new WeakMap<Response, Readable>();

/** Gives a reply without a body one that {@link sendRawBody} sends. */
export function withRawBody(response: Response, body: Readable): Response {
  bodies.set(response, body);
  return response;
}

/**
 * Sends a reply that has a raw body; resolves when it is over, also when either side broke off, which the client sees as a
 * connection that was cut. False when the reply has none.
 */
export async function sendRawBody(response: Response, outgoing: ServerResponse): Promise<boolean> {
  const body = bodies.get(response);
  if (body === undefined) return false;
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  await pipeline(body, outgoing).catch(() => undefined);
  return true;
}
