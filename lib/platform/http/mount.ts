import type { Hono } from "hono";
import { AppError, NotFoundError } from "#lib/platform/errors.ts";
import { preflightHeaders } from "#lib/platform/http/cors.ts";
import { createHttpHost, type HttpHost, type MountOptions } from "#lib/platform/http/host.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { AUTH_WORDS, type Route } from "#lib/platform/http/route.ts";
import { createServe, limit, requireKnownHost, serveWith } from "#lib/platform/http/serve.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"];

/** Dispatches every route on `app`, and answers what no route takes. Returns the shared host. */
export function mountRoutes(app: Hono, routes: readonly Route[], options: MountOptions): HttpHost {
  const host = createHttpHost(options);
  const methodsOf = new Map<string, string[]>();
  for (const route of routes) {
    requireDeclaredAuth(route, options.scopes);
    const pattern = honoPath(route.path);
    const methods = methodsOf.get(pattern) ?? [];
    const method = route.method.toUpperCase();
    if (methods.includes(method)) {
      throw new Error(`two routes answer ${method} ${route.path}`);
    }
    methodsOf.set(pattern, [...methods, method]);
    app.on(method, pattern, createServe(host, route));
  }
  // The most specific first: `/api/invitations/accept` is not to be answered as `/api/invitations/:id`.
  const parameters = (pattern: string) => pattern.split(":").length;
  for (const [pattern, methods] of [...methodsOf].sort(([a], [b]) => parameters(a) - parameters(b))) {
    answerOtherMethods(app, host, pattern, methods);
  }
  app.notFound(
    serveWith(host, { label: "*", isWrite: false }, (c, trace) => {
      requireKnownHost(host, c.req.raw);
      limit(host, trace.ip);
      throw new NotFoundError(`${c.req.method} ${c.req.path}`, { code: "no_such_route" });
    }),
  );
  return host;
}

/**
 * Deny by default: a route says who may call it, in words that exist, or the process does not start.
 *
 * @throws Error
 */
function requireDeclaredAuth(route: Route, scopes: readonly string[]): void {
  const auth: string | undefined = route.auth;
  if (auth === undefined || !(scopes.includes(auth) || AUTH_WORDS.some((word) => word === auth))) {
    throw new Error(`${route.method.toUpperCase()} ${route.path} does not declare who may call it: auth is ${auth}`);
  }
}

/** Preflights, and 405 with Allow. HEAD is answered where GET is: Hono runs the GET and drops the body. */
function answerOtherMethods(app: Hono, host: HttpHost, pattern: string, methods: string[]): void {
  const allowed = [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].join(", ");
  // Not `app.all`: a second handler on a route's own method would make Hono compose the two for each request.
  app.on(
    METHODS.filter((method) => !methods.includes(method)),
    pattern,
    serveWith(host, { label: "*", isWrite: false }, (c, trace) => {
      requireKnownHost(host, c.req.raw);
      limit(host, trace.ip);
      trace.headers["Allow"] = allowed;
      if (c.req.method === "OPTIONS") {
        const crosses = "Access-Control-Allow-Origin" in trace.headers;
        return makeResponse(null, 204, { ...trace.headers, ...(crosses && preflightHeaders(allowed)) });
      }
      throw new AppError("method_not_allowed", `${c.req.path} does not take ${c.req.method}, but ${allowed}.`);
    }),
  );
}

/** `/runs/{id}` as Hono writes it: `/runs/:id`; `{path+}` takes the rest of the path. */
function honoPath(path: string): string {
  return path.replace(/\{(\w+)\+\}/g, ":$1{.+}").replace(/\{(\w+)\}/g, ":$1");
}
