import type { Context } from "hono";
import { type Actor, actorName, type Ctx } from "#lib/platform/ctx.ts";
import { ForbiddenError, LimitExceededError } from "#lib/platform/errors.ts";
import { clientAddress } from "#lib/platform/http/address.ts";
import { authorise } from "#lib/platform/http/authorise.ts";
import { envelopeOf, type Fault, faultOf } from "#lib/platform/http/envelope.ts";
import type { Authenticated, HttpHost } from "#lib/platform/http/host.ts";
import { requireOwnOrigin } from "#lib/platform/http/origin.ts";
import { requirePlainAddress } from "#lib/platform/http/plain-address.ts";
import { rawExchangeOf } from "#lib/platform/http/raw.ts";
import { readJsonBody } from "#lib/platform/http/read-body.ts";
import { API_HEADERS, makeResponse } from "#lib/platform/http/reply.ts";
import type { Route } from "#lib/platform/http/route.ts";
import { parsePart, strict } from "#lib/platform/http/validate.ts";
import { newId } from "#lib/platform/ids.ts";
import { rateLimiter } from "#lib/platform/rate-limit-redis.ts";
import { makeCtx } from "#lib/platform/runtime.ts";

const REQUEST_ID = /^[A-Za-z0-9._:-]{8,128}$/;
const ANONYMOUS: Authenticated = { actor: { type: "anonymous", scopes: [] }, projectId: "default", via: "none" };
const JSON_TYPE = "application/json; charset=utf-8";

/** What is told of a request when it is over. */
interface Trace {
  requestId: string;
  ip: string | undefined;
  actor: Actor;
  headers: Record<string, string>;
}

/**
 * Answers a request by a route: id, CORS, host, credentials, limit, scope, origin, body, handler, reply, in this order.
 * Everything that is thrown on the way becomes an envelope here.
 */
export function createServe(host: HttpHost, route: Route): (c: Context) => Promise<Response> {
  const schemas = {
    params: route.params && strict(route.params),
    query: route.query && strict(route.query),
    body: route.body && strict(route.body),
  };
  const isWrite = route.method !== "get";
  const isProbe = route.path === "/health" || route.path.startsWith("/health/");

  const answer = async (c: Context, trace: Trace): Promise<Response> => {
    const request = c.req.raw;
    const { headers } = request;
    if (!isProbe && route.path !== "/version") requireKnownHost(host, request);
    requirePlainAddress(incomingOf(c)?.url);

    const asked = queryOf(request.url);
    // Which project a request is about is told the same way everywhere: no route declares it.
    const project = takeProject(asked);
    const who = route.auth === "public" ? ANONYMOUS : await identify(host, headers, project, trace.ip);
    trace.actor = who.actor;
    if (who.via === "none" && !isProbe) limit(host, trace.ip);
    if (who.perSecond !== undefined) limitKey(host, who.actor, who.perSecond);
    authorise(host, route.auth, who, headers);
    if (isWrite && who.via === "session") requireOwnOrigin(headers, host.env.ASSAY_PUBLIC_URL);

    const ctx = makeCtx(host.runtime, {
      actor: who.actor,
      projectId: who.projectId,
      requestId: trace.requestId,
      ip: trace.ip,
    });
    const params = schemas.params && parsePart(schemas.params, c.req.param(), "path");
    if (route.guard !== undefined) await route.guard({ ctx, params });
    const query = schemas.query && parsePart(schemas.query, asked, "query");
    const body = schemas.body && parsePart(schemas.body, await readJsonBody(request, route.maxBodyBytes), "body");

    const raw = rawExchangeOf(c.env);
    const result = await route.handle({ ctx, params, query, body, request, raw });
    return result instanceof Response ? withHeaders(result, trace.headers) : reply(host, route, ctx, result, trace);
  };

  return serveWith(host, { label: route.path, isWrite: isWrite && route.auth !== "predict" }, answer);
}

/** Wraps what answers: the request's id, its errors, its measurements and its line in the log. */
export function serveWith(
  host: HttpHost,
  about: { label: string; isWrite: boolean },
  answer: (c: Context, trace: Trace) => Promise<Response> | Response,
): (c: Context) => Promise<Response> {
  const { logger } = host.runtime;
  return async (c) => {
    const started = performance.now();
    const { headers } = c.req.raw;
    const given = headers.get("x-request-id");
    const requestId = given !== null && REQUEST_ID.test(given) ? given : newId("req");
    const trace: Trace = {
      requestId,
      ip: addressOf(host, c, headers),
      actor: ANONYMOUS.actor,
      headers: { ...API_HEADERS, ...host.cors(headers.get("origin")), "X-Request-Id": requestId },
    };
    let response: Response;
    let level: "debug" | "info" | "error" = about.isWrite ? "info" : "debug";
    try {
      response = await answer(c, trace);
    } catch (error) {
      const fault = faultOf(error);
      level = fault.internal ? "error" : "info";
      if (fault.internal) logger.error({ err: error, requestId, route: about.label }, "a request failed");
      if (fault.status === 401 || fault.status === 403) {
        const { actor, ip } = trace;
        host.recordDenied({ actor, ip, action: `${c.req.method} ${about.label}`, reason: fault.code, requestId });
      }
      response = refuse(fault, c.req.path, trace);
    }
    const { status } = response;
    const latencyMs = performance.now() - started;
    const labels = { route: `${c.req.method} ${about.label}`, status: `${Math.floor(status / 100)}xx` };
    host.latency.observe(labels, latencyMs / 1_000);
    if (logger.isLevelEnabled(level)) {
      const { ip, actor } = trace;
      const { method, path } = c.req;
      const line = { requestId, method, path, status, latencyMs: round(latencyMs), actor: actorName(actor), ip };
      logger[level](line, "request");
    }
    return response;
  };
}

/** @throws ForbiddenError */
export function requireKnownHost(host: HttpHost, request: Request): void {
  const name = request.headers.get("host") ?? new URL(request.url).host;
  if (!host.allowsHost(name)) {
    throw new ForbiddenError(`This server does not answer to the host name ${JSON.stringify(name)}.`, {
      code: "unknown_host",
      details: [{ field: "Host", problem: "not allowed", remedy: "An admin adds it to ASSAY_ALLOWED_HOSTS." }],
    });
  }
}

/** @throws LimitExceededError with the seconds to wait */
export function limit(host: HttpHost, ip: string | undefined): void {
  const waitSeconds = host.limiter.take(ip ?? "unknown");
  if (waitSeconds > 0) {
    throw new LimitExceededError("limit_exceeded", "Too many requests from this address without credentials.", {
      code: "rate_limited",
      retryAfterSeconds: Math.ceil(waitSeconds),
      details: [
        { field: "address", problem: "over its limit", remedy: "Wait, or send an API key: keys have no limit." },
      ],
    });
  }
}

/** @throws LimitExceededError the key's own limit is used up */
function limitKey(host: HttpHost, actor: Actor, perSecond: number): void {
  const limiter = rateLimiter(host.runtime, `http.key-limiter.${perSecond}`, { perSecond, burst: perSecond });
  const waitSeconds = limiter.take(actorName(actor));
  if (waitSeconds > 0) {
    throw new LimitExceededError("limit_exceeded", `This key may ask ${perSecond} times a second.`, {
      code: "rate_limited",
      retryAfterSeconds: Math.ceil(waitSeconds),
      details: [{ field: "key", problem: "over its limit", remedy: "Wait, or make a key with a higher limit." }],
    });
  }
}

async function identify(
  host: HttpHost,
  headers: Headers,
  project: string | undefined,
  ip: string | undefined,
): Promise<Authenticated> {
  try {
    return await host.authenticate(headers, project);
  } catch (error) {
    // Guessing keys, or names of projects, is limited like asking without a key.
    limit(host, ip);
    throw error;
  }
}

function reply(host: HttpHost, route: Route, ctx: Ctx, result: unknown, trace: Trace): Response {
  const status = route.status ?? 200;
  if (status === 204) {
    return makeResponse(null, status, trace.headers);
  }
  let body = result;
  if (route.response !== undefined) {
    const checked = route.response.safeParse(result);
    if (checked.success) {
      body = checked.data;
    } else if (host.production) {
      ctx.logger.error({ route: route.path, issues: checked.error.issues }, "a reply does not fit its schema");
    } else {
      throw new Error(`the reply of ${route.method} ${route.path} does not fit its schema`, { cause: checked.error });
    }
  }
  trace.headers["Content-Type"] = JSON_TYPE;
  return makeResponse(JSON.stringify(body), status, trace.headers);
}

function refuse(fault: Fault, path: string, trace: Trace): Response {
  const { headers } = trace;
  headers["Content-Type"] = JSON_TYPE;
  if (fault.retryAfterSeconds !== undefined) headers["Retry-After"] = String(Math.ceil(fault.retryAfterSeconds));
  if (fault.status === 401) headers["WWW-Authenticate"] = 'Bearer realm="assay"';
  const { status, body } = envelopeOf(fault, path, trace.requestId);
  return makeResponse(body, status, headers);
}

/** Adds ours to a reply that a handler made; what it set itself stays. */
function withHeaders(response: Response, headers: Record<string, string>): Response {
  for (const [name, value] of Object.entries(headers)) {
    if (!response.headers.has(name)) response.headers.set(name, value);
  }
  return response;
}

function addressOf(host: HttpHost, c: Context, headers: Headers): string | undefined {
  const trusted = host.env.ASSAY_TRUSTED_PROXIES;
  return clientAddress(
    incomingOf(c)?.socket?.remoteAddress,
    trusted > 0 ? headers.get("x-forwarded-for") : null,
    trusted,
  );
}

/** Node's own request, where Node is the host. */
function incomingOf(c: Context): { url?: string; socket?: { remoteAddress?: string } } | undefined {
  const env: { incoming?: { url?: string; socket?: { remoteAddress?: string } } } = c.env ?? {};
  return env.incoming;
}

type Query = Record<string, string | string[]>;

/** Takes `?project=` out of the query. */
function takeProject(query: Query): string | undefined {
  const project = query["project"];
  if (project === undefined) return undefined;
  delete query["project"];
  return Array.isArray(project) ? project.at(-1) : project;
}

/** Repeated names become a list. */
function queryOf(url: string): Query {
  const query: Query = Object.create(null);
  const start = url.indexOf("?");
  if (start === -1) return query;
  for (const [name, value] of new URLSearchParams(url.slice(start + 1))) {
    const present = query[name];
    query[name] = present === undefined ? value : [...(Array.isArray(present) ? present : [present]), value];
  }
  return query;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
