import { OpenAPIHono } from "@hono/zod-openapi";
import { SESSION_COOKIE } from "#lib/auth/next-auth-token.ts";
import { BEARER, COOKIE, describeRoute } from "#lib/platform/http/openapi.ts";
import type { Route } from "#lib/platform/http/route.ts";
import packageJson from "../../package.json" with { type: "json" };

export type ApiDocument = ReturnType<OpenAPIHono["getOpenAPI31Document"]>;

const documents = new WeakMap<readonly Route[], ApiDocument>();

/** The OpenAPI 3.1 document of these routes, made once. It follows from their declarations alone. */
export function apiDocument(routes: readonly Route[]): ApiDocument {
  const made = documents.get(routes) ?? describeApi(routes);
  documents.set(routes, made);
  return made;
}

function describeApi(routes: readonly Route[]): ApiDocument {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  for (const route of routes) describeRoute(registry, route);
  registry.registerComponent("securitySchemes", BEARER, {
    type: "http",
    scheme: "bearer",
    description: "An API key: `Authorization: Bearer ask_…`.",
  });
  registry.registerComponent("securitySchemes", COOKIE, {
    type: "apiKey",
    in: "cookie",
    name: SESSION_COOKIE,
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
