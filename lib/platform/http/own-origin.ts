import { serverEnvOf } from "#lib/platform/http/host.ts";
import { getRuntime } from "#lib/platform/runtime.ts";

/**
 * The origin by which a request's sender reaches this server, for links that it is to follow: the host name that it used,
 * which has passed the allowlist. Behind a proxy the scheme is ASSAY_PUBLIC_URL's, or what a trusted proxy says.
 */
export function ownOrigin(request: Request): string {
  const { ASSAY_PUBLIC_URL: publicUrl, ASSAY_TRUSTED_PROXIES: trusted } = serverEnvOf(getRuntime());
  const asked = new URL(request.url);
  const host = request.headers.get("host") ?? asked.host;
  if (publicUrl !== undefined && new URL(publicUrl).host === host) return new URL(publicUrl).origin;
  const forwarded = trusted > 0 ? request.headers.get("x-forwarded-proto")?.split(",").at(-1)?.trim() : undefined;
  const scheme = forwarded === "https" || asked.protocol === "https:" ? "https" : "http";
  return `${scheme}://${host}`;
}
