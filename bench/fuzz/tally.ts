import type { IncomingMessage, ServerResponse } from "node:http";
import { hasScope } from "#lib/auth/scopes.ts";
import type { Route } from "#lib/platform/http/route.ts";

interface Tally {
  requests: number;
  /** By class, such as `2xx`. */
  statuses: Record<string, number>;
  /** `POST /api/keys` → how often it was asked. */
  operations: Map<string, number>;
  serverErrors: string[];
  bypasses: string[];
}

/** Who is being the client: the scopes are those that they hold, none without credentials. */
export interface Identity {
  name: string;
  scopes: readonly string[];
  headers: Record<string, string>;
}

/** Counts what a server answers, and looks at each reply with the declaration of its route in hand. */
export function createTally(routes: readonly Route[], identity: () => Identity) {
  const tally: Tally = { requests: 0, statuses: {}, operations: new Map(), serverErrors: [], bypasses: [] };
  const patterns = routes
    .map((route) => ({ route, pattern: patternOf(route.path), parameters: route.path.split("{").length }))
    .sort((a, b) => a.parameters - b.parameters);

  const count = (request: IncomingMessage, response: ServerResponse) => {
    const { statusCode: status } = response;
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const method = request.method === "HEAD" ? "get" : (request.method ?? "GET").toLowerCase();
    const route = patterns.find((one) => one.route.method === method && one.pattern.test(path))?.route;
    const label = route === undefined ? `${request.method} (no route)` : `${method.toUpperCase()} ${route.path}`;
    tally.requests += 1;
    const group = `${Math.floor(status / 100)}xx`;
    tally.statuses[group] = (tally.statuses[group] ?? 0) + 1;
    tally.operations.set(label, (tally.operations.get(label) ?? 0) + 1);
    const { name, scopes, headers } = identity();
    const line = `${label}: ${status} to ${name}: ${request.method} ${request.url?.slice(0, 200)}`;
    // A readiness check may say 503 of a machine without a worker.
    if (status >= 500 && route?.alsoStatus !== status) tally.serverErrors.push(line);
    const isIdentity = Object.entries(headers).every(([key, value]) => request.headers[key.toLowerCase()] === value);
    if (status < 300 && route !== undefined && !mayHave(route, isIdentity ? scopes : [])) tally.bypasses.push(line);
  };
  return { tally, count };
}

function mayHave(route: Route, scopes: readonly string[]): boolean {
  if (["public", "predict", "metrics"].includes(route.auth)) return true;
  return route.auth === "signed-in" ? scopes.length > 0 : hasScope(scopes, route.auth);
}

function patternOf(path: string): RegExp {
  const source = path
    .split(/(\{\w+\+?\})/)
    .map((part) => {
      if (!part.startsWith("{")) return part.replace(/[.*+?^$()|[\]\\]/g, "\\$&");
      return part.endsWith("+}") ? ".+" : "[^/]+";
    })
    .join("");
  return new RegExp(`^${source}$`);
}
