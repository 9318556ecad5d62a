import { lookup } from "node:dns/promises";
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { type EgressPolicy, egressPolicy, isLinkLocal, isPublicAddress } from "#lib/platform/egress-policy.ts";
import { AppError, InvalidError, messageOf, UnavailableError } from "#lib/platform/errors.ts";

export interface GuardedRequest {
  /** POST unless said otherwise. */
  method?: "GET" | "POST" | "PUT" | "DELETE";
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** The environment's ASSAY_EGRESS_ALLOW: hosts and CIDR ranges that may be private and plain http. */
  allow: string;
  /** For the whole call. Default 10 s. */
  timeoutMs?: number;
  /** Default 64 kB; a longer reply is an error. */
  maxReplyBytes?: number;
  /** How a name becomes addresses; the system's resolver unless said otherwise. */
  resolve?: (host: string) => Promise<string[]>;
}

export interface GuardedReply {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/**
 * Calls a URL that a person configured (a webhook), without letting it reach into this network: https only, the name is
 * resolved once and every address must be the Internet's, the call goes to just that address, redirects are returned and
 * not followed, time and size are bounded. The reply is whatever the other side says, also 3xx to 5xx.
 *
 * @throws InvalidError `egress_refused`: this URL may not be called; trying again changes nothing
 * @throws UnavailableError `egress_failed`: no answer, too late or too long; may be tried again
 */
export async function guardedFetch(url: string, options: GuardedRequest): Promise<GuardedReply> {
  const target = parseUrl(url);
  const host = hostOf(target);
  const { timeoutMs = 10_000, resolve = resolveName } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const addresses = isIP(host) === 0 ? await within(signal, resolve(host)) : [host];
    const address = chooseAddress(target, host, addresses, egressPolicy(options.allow));
    return await send(target, address, options, signal);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const problem = signal.aborted ? `no answer within ${timeoutMs} ms` : messageOf(error);
    throw new UnavailableError(`${target.host} could not be called: ${problem}.`, {
      code: "egress_failed",
      cause: error,
    });
  }
}

function parseUrl(url: string): URL {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  if (target === undefined || !["https:", "http:"].includes(target.protocol)) {
    throw refused("not an https:// URL", "Name an https:// URL.");
  }
  if (target.username !== "" || target.password !== "") {
    throw refused("credentials in the URL", "Send them in a header.");
  }
  return target;
}

function hostOf(target: URL): string {
  return target.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
}

/** The address that will be called: every one that the name has must be allowed, or none is. */
function chooseAddress(target: URL, host: string, addresses: readonly string[], policy: EgressPolicy): string {
  const [first] = addresses;
  if (first === undefined) throw new Error("the name has no address");
  const named = policy.allowsHost(host);
  const excepted = (address: string) => policy.allowsAddress(address) || (named && !isLinkLocal(address));
  if (!addresses.every((address) => excepted(address) || isPublicAddress(address))) {
    throw refused(
      "leads into a private network",
      "Name a public address; for an exception an operator sets ASSAY_EGRESS_ALLOW.",
    );
  }
  if (target.protocol !== "https:" && !addresses.every(excepted)) {
    throw refused("not https", "Name an https:// URL; for an exception an operator sets ASSAY_EGRESS_ALLOW.");
  }
  return first;
}

function send(target: URL, address: string, options: GuardedRequest, signal: AbortSignal): Promise<GuardedReply> {
  const { method = "POST", headers = {}, body, maxReplyBytes = 64 * 1024 } = options;
  const family = isIP(address);
  return new Promise((resolve, reject) => {
    const request = target.protocol === "https:" ? httpsRequest : httpRequest;
    const sending = request(target, {
      method,
      headers: { ...headers, ...(body !== undefined && { "Content-Length": Buffer.byteLength(body) }) },
      // A connection of its own, to the address that was looked at: the name is not asked for again.
      agent: false,
      lookup: (_host, { all }, done) => (all ? done(null, [{ address, family }]) : done(null, address, family)),
      signal,
    });
    sending.on("error", reject);
    sending.on("response", (response) => {
      read(response, maxReplyBytes).then(
        (read) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: read }),
        (error) => {
          sending.destroy();
          reject(error);
        },
      );
    });
    sending.end(body);
  });
}

async function read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the reply has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

async function resolveName(host: string): Promise<string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function within<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}

function refused(problem: string, remedy: string): InvalidError {
  return new InvalidError(`That URL is not called: ${problem}.`, {
    code: "egress_refused",
    details: [{ field: "url", problem, remedy }],
  });
}
