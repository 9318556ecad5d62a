import { OpenAPIHono } from "@hono/zod-openapi";
import { platformRoutes } from "#lib/api/platform-routes.ts";
import { addServerChecks } from "#lib/api/readiness-checks.ts";
import { getAuthenticator } from "#lib/auth/authenticate-request.ts";
import { recordDenied } from "#lib/auth/record-denied.ts";
import { authRoutes } from "#lib/auth/routes.ts";
import { serverEnvOf } from "#lib/platform/http/host.ts";
import { mountRoutes } from "#lib/platform/http/mount.ts";
import { BEARER, COOKIE } from "#lib/platform/http/openapi.ts";
import type { Route } from "#lib/platform/http/route.ts";
import type { RateLimiter } from "#lib/platform/rate-limit.ts";
import type { Runtime } from "#lib/platform/runtime.ts";
import { registryRoutes } from "#lib/registry/routes.ts";
import { servingRoutes } from "#lib/serving/routes.ts";
import { trackingRoutes } from "#lib/tracking/routes.ts";
import packageJson from "../../package.json" with { type: "json" };

export interface Api {
  app: OpenAPIHono;
  routes: readonly Route[];
  /** First parts of the paths that are the API's, such as `api` and `predict`; every other path is a page. */
  prefixes: ReadonlySet<string>;
  /** Shared with whatever else answers without credentials. */
  limiter: RateLimiter;
  /** The OpenAPI 3.1 document. */
  document(): object;
}

/** The one API of every host: the rooms' routes on one Hono app. */
export function createApi(runtime: Runtime): Api {
  const env = serverEnvOf(runtime);
  const app = new OpenAPIHono();
  let cached: object | undefined;
  const document = () => {
    cached ??= describeApi(app);
    return cached;
  };
  const routes: Route[] = [
    ...platformRoutes(runtime, { version: packageJson.version, document }),
    ...authRoutes,
    ...trackingRoutes,
    ...registryRoutes,
    ...servingRoutes,
  ];
  addServerChecks(runtime);
  const authenticator = getAuthenticator(runtime, env.ASSAY_SECRET);
  const { limiter } = mountRoutes(app, routes, {
    runtime,
    authenticate: (headers) => authenticator.authenticate(headers),
    recordDenied: (attempt) => recordDenied(runtime, attempt),
  });
  // `v2`: the inference protocol's paths are answered by the API even before its routes are there.
  const prefixes = new Set(["api", "v2", ...routes.map((route) => route.path.split("/")[1] ?? "")]);
  return { app, routes, prefixes, limiter, document };
}

function describeApi(app: OpenAPIHono): object {
  app.openAPIRegistry.registerComponent("securitySchemes", BEARER, {
    type: "http",
    scheme: "bearer",
    description: "An API key: `Authorization: Bearer ask_…`.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", COOKIE, {
    type: "apiKey",
    in: "cookie",
    name: "assay.session",
    description: "A signed-in browser.",
  });
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "Assay",
      version: packageJson.version,
      description: "Train, track, compare, approve, serve and watch models.",
      license: { name: "Apache-2.0", url: "https://www.apache.org/licenses/LICENSE-2.0" },
    },
    servers: [{ url: "/" }],
  });
}
