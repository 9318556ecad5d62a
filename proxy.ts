import { type NextRequest, NextResponse } from "next/server";
import { PATH_HEADER } from "#lib/auth/session-path.ts";
import { createHostAllowlist } from "#lib/platform/http/host-allowlist.ts";
import { FRONT_DOOR, pageSecurityHeaders } from "#lib/platform/http/security-headers.ts";

/**
 * The guards of pages for `next start` and `next dev`, where `server/pages.ts` does not stand in front: host names, the
 * policy with a nonce, and headers that Next and next-auth may believe. Limits by address are the front door's only.
 */
export function proxy(request: NextRequest): NextResponse {
  if (process.env[FRONT_DOOR] !== undefined) return NextResponse.next();
  const { HOST = "", ASSAY_PUBLIC_URL = "", ASSAY_ALLOWED_HOSTS = "", NODE_ENV } = process.env;
  const publicUrl = URL.canParse(ASSAY_PUBLIC_URL) ? new URL(ASSAY_PUBLIC_URL) : undefined;
  const allowsHost = createHostAllowlist([HOST, publicUrl?.hostname ?? "", ...ASSAY_ALLOWED_HOSTS.split(",")]);
  const host = request.headers.get("host");
  if (host === null || !allowsHost(host)) {
    return new NextResponse("This server does not answer to that host name.\n", { status: 403 });
  }
  if (request.url.includes("%00")) return new NextResponse("An address holds no NUL character.\n", { status: 400 });
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64");
  const security = pageSecurityHeaders({ nonce, isDevelopment: NODE_ENV === "development" });
  const headers = new Headers(request.headers);
  headers.set("x-forwarded-host", publicUrl?.host ?? host);
  headers.set(PATH_HEADER, request.nextUrl.pathname + request.nextUrl.search);
  headers.set("content-security-policy", security["Content-Security-Policy"]);
  const response = NextResponse.next({ request: { headers } });
  for (const [name, value] of Object.entries(security)) response.headers.set(name, value);
  return response;
}

// Not the API, whose replies have headers of their own, but next-auth below it.
export const config = {
  matcher: [
    "/((?!_next/static|_next/image|api(?!-|/auth)|predict$|batch-predict$|feedback$|v2|health|metrics$|version$|icon.svg).*)",
  ],
};
