import { type Api, createApi } from "#lib/api/app.ts";
import { isLoopbackAddress } from "#lib/platform/http/address.ts";
import { getRuntime, type Runtime } from "#lib/platform/runtime.ts";

let mounted: { runtime: Runtime; api: Api } | undefined;

/**
 * The API as a fetch handler, for Next's route handlers. Next tells the caller's address only in X-Forwarded-For, which
 * it fills in itself when no proxy did.
 */
export function handleApiRequest(request: Request): Response | Promise<Response> {
  const runtime = getRuntime();
  if (mounted?.runtime !== runtime) {
    mounted = { runtime, api: createApi(runtime) };
  }
  const address = request.headers.get("x-forwarded-for")?.split(",").at(-1)?.trim();
  const env = { incoming: { socket: { remoteAddress: address } } };
  return mounted.api.app.fetch(isDirect(request, address) ? withoutForwarded(request) : request, env);
}

/** Whether the forwarding headers are Next's own and the caller is on this machine: `/metrics` looks for a proxy's. */
function isDirect(request: Request, address: string | undefined): boolean {
  return (
    new URL(request.url).pathname === "/metrics" &&
    address !== undefined &&
    isLoopbackAddress(address) &&
    request.headers.get("x-forwarded-for") === address &&
    request.headers.get("x-forwarded-host") === request.headers.get("host")
  );
}

function withoutForwarded(request: Request): Request {
  const headers = new Headers(request.headers);
  for (const name of [...headers.keys()]) {
    if (name.startsWith("x-forwarded-")) headers.delete(name);
  }
  return new Request(request.url, { method: request.method, headers });
}
