import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { PATH_HEADER } from "#lib/auth/session-path.ts";
import type { ServerEnv } from "#lib/platform/env.ts";
import { clientAddress } from "#lib/platform/http/address.ts";
import { hostAllowlistOf } from "#lib/platform/http/host.ts";
import { FRONT_DOOR, pageSecurityHeaders } from "#lib/platform/http/security-headers.ts";
import type { RateLimiter } from "#lib/platform/rate-limit.ts";

export type NodeHandler = (request: IncomingMessage, response: ServerResponse) => unknown;

export interface PageGuards {
  limiter: RateLimiter;
  /** Whether that Cookie header holds a session; signed-in people have no limit. Never rejects. */
  isSignedIn(cookie: string | undefined): Promise<boolean>;
}

const MAX_BODY_BYTES = 1024 * 1024;

/** Next in this process, for everything that is not the API. Its build is `.next` in the working folder. */
export async function openPages(env: ServerEnv, guards: PageGuards): Promise<NodeHandler> {
  process.env[FRONT_DOOR] = "1";
  const { default: createNext } = await import("next");
  const next = createNext({ dev: false, dir: process.cwd(), hostname: env.HOST, port: env.PORT });
  await next.prepare();
  return guardPages(env, guards, next.getRequestHandler());
}

/** What Next does not do itself: host names, limits, security headers, and headers that it may believe. */
export function guardPages(env: ServerEnv, guards: PageGuards, handle: NodeHandler): NodeHandler {
  const allowsHost = hostAllowlistOf(env);
  const publicUrl = env.ASSAY_PUBLIC_URL === undefined ? undefined : new URL(env.ASSAY_PUBLIC_URL);
  const trusted = env.ASSAY_TRUSTED_PROXIES;

  return async (request, response) => {
    const { headers } = request;
    const url = request.url ?? "/";
    if (!allowsHost(headers.host)) {
      return refuse(
        response,
        403,
        "This server does not answer to that host name. An admin adds it to ASSAY_ALLOWED_HOSTS.",
      );
    }
    // Postgres holds no NUL: a page that looks for one would fail.
    if (/%00/.test(url)) return refuse(response, 400, "An address holds no NUL character.");
    const tooLarge = bodyProblem(request);
    if (tooLarge !== undefined) {
      response.setHeader("Connection", "close");
      return refuse(response, tooLarge.status, tooLarge.message);
    }
    const forwardedFor = headers["x-forwarded-for"];
    const address = clientAddress(
      request.socket.remoteAddress,
      forwardedFor === undefined ? null : String(forwardedFor),
      trusted,
    );
    const isAsset = url.startsWith("/_next/static/");
    if (!isAsset && !(await guards.isSignedIn(headers.cookie))) {
      const waitSeconds = guards.limiter.take(address ?? "unknown");
      if (waitSeconds > 0) {
        response.setHeader("Retry-After", String(Math.ceil(waitSeconds)));
        return refuse(response, 429, "Too many requests from this address. Wait a moment.");
      }
    }
    // Next and next-auth believe these, so what the client sent in them goes.
    headers["x-forwarded-for"] = address ?? "";
    headers["x-forwarded-host"] = publicUrl?.host ?? headers.host;
    headers["x-forwarded-proto"] = publicUrl?.protocol.replace(":", "") ?? "http";
    headers[PATH_HEADER] = url;
    if (!isAsset) {
      const security = pageSecurityHeaders({ nonce: randomBytes(16).toString("base64") });
      // Next reads the nonce from the request's policy and puts it on its scripts.
      headers["content-security-policy"] = security["Content-Security-Policy"];
      for (const [name, value] of Object.entries(security)) response.setHeader(name, value);
    }
    return handle(request, response);
  };
}

/** next-auth and Next read a body whole into memory, whoever sends it; forms and actions are small. */
function bodyProblem({ headers }: IncomingMessage): { status: number; message: string } | undefined {
  if (headers["transfer-encoding"] !== undefined) {
    return { status: 411, message: "Say how long the body is, by Content-Length." };
  }
  return Number(headers["content-length"] ?? 0) > MAX_BODY_BYTES
    ? { status: 413, message: `The body has more than ${MAX_BODY_BYTES} bytes.` }
    : undefined;
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" });
  response.end(`${message}\n`);
}
