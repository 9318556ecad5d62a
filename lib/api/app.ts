import { Hono } from "hono";
import { type ApiDocument, apiDocument } from "#lib/api/document.ts";
import { addServerChecks } from "#lib/api/readiness-checks.ts";
import { apiRoutes } from "#lib/api/routes.ts";
import { getAuthenticator } from "#lib/auth/authenticate-request.ts";
import { oidcConfig } from "#lib/auth/oidc-config.ts";
import { recordDenied } from "#lib/auth/record-denied.ts";
import { SCOPES } from "#lib/auth/scopes.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { mountRoutes } from "#lib/platform/http/mount.ts";
import type { Route } from "#lib/platform/http/route.ts";
import type { RateLimiter } from "#lib/platform/rate-limit.ts";
import type { Runtime } from "#lib/platform/runtime.ts";

export interface Api {
  app: Hono;
  routes: readonly Route[];
  /** First parts of the paths that are the API's, such as `api` and `predict`; every other path is a page. */
  prefixes: ReadonlySet<string>;
  /** Shared with whatever else answers without credentials. */
  limiter: RateLimiter;
  /** Whether that Cookie header holds a session. Never rejects. */
  isSignedIn(cookie: string | undefined): Promise<boolean>;
  /** OpenAPI 3.1. */
  document(): ApiDocument;
}

/** The one API of every host: the rooms' routes on one Hono app. */
export function createApi(runtime: Runtime): Api {
  const app = new Hono();
  addServerChecks(runtime);
  // A fault in it is told at the start, not at the first sign-in.
  oidcConfig(serverEnvOf(runtime));
  const authenticator = getAuthenticator(runtime, serverEnvOf(runtime).ASSAY_SECRET);
  const { limiter } = mountRoutes(app, apiRoutes, {
    runtime,
    scopes: SCOPES,
    authenticate: (headers, projectInQuery) => authenticator.authenticate(headers, projectInQuery),
    recordDenied: (attempt) => recordDenied(runtime, attempt),
  });
  // The inference protocol and traces are answered by the API even before their routes are there.
  const prefixes = new Set(["api", "v1", "v2", ...apiRoutes.map((route) => route.path.split("/")[1] ?? "")]);
  const isSignedIn = async (cookie: string | undefined) => {
    if (cookie === undefined) return false;
    const session = authenticator.session(new Headers({ cookie }));
    return (await session.catch(() => null)) !== null;
  };
  return { app, routes: apiRoutes, prefixes, limiter, isSignedIn, document: () => apiDocument(apiRoutes) };
}
