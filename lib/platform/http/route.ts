import type { z } from "@hono/zod-openapi";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { RawExchange } from "#lib/platform/http/raw.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";

/** What a route may declare beside a scope. */
export const AUTH_WORDS = ["signed-in", "public", "predict", "metrics"] as const;

/**
 * Who may call: a scope of `auth/scopes.ts`; `signed-in` for any known actor; `public` for the few doors that
 * decisions.md 18 lists; `predict` for a deployment's own access rule.
 */
export type RouteAuth = `${string}:${string}` | (typeof AUTH_WORDS)[number] | "admin" | "instance";

/** What a handler gets: everything parsed, nothing of HTTP but the request, and Node's own streams of it, for files. */
export interface RouteInput<P, Q, B> {
  ctx: Ctx;
  params: P;
  query: Q;
  body: B;
  request: Request;
  raw: RawExchange | undefined;
}

/** One REST route. The same object is dispatched, authorised and described in OpenAPI. */
export interface Route {
  method: Method;
  /** With `{name}` for a parameter, and `{name+}` for a last one that may contain slashes. */
  path: string;
  summary: string;
  description?: string;
  tag: string;
  auth: RouteAuth;
  params?: z.ZodType;
  query?: z.ZodType;
  body?: z.ZodType;
  /** The JSON reply; absent when the handler always returns a `Response` of `produces`. */
  response?: z.ZodType;
  /** Media types of a reply that is not JSON, such as `text/event-stream`; any type is a range of them. */
  produces?: string | readonly string[];
  /** The reply of a bad state, such as 503 of a readiness check: same schema, named for the documents. */
  alsoStatus?: 503;
  /** 200 unless said otherwise. */
  status?: 200 | 201 | 202 | 204;
  /** Not in the OpenAPI document: another path of a route that is. */
  hidden?: true;
  /** Default 10 MB. A route without `body` reads `request` itself, as a stream, and limits itself. */
  maxBodyBytes?: number;
  /**
   * Refuses a caller by what the path names, before the body is read: for `predict`, whose deployment has an access rule.
   *
   * @throws UnauthenticatedError | ForbiddenError | NotFoundError
   */
  guard?(input: { ctx: Ctx; params: unknown }): Promise<void> | void;
  handle(input: RouteInput<unknown, unknown, unknown>): Promise<unknown> | unknown;
}

type Parsed<T> = T extends z.ZodType ? z.infer<T> : undefined;

/** Declares a route: parameters, query and body reach `handle` with the types of their schemas. */
export function route<
  P extends z.ZodType | undefined,
  Q extends z.ZodType | undefined,
  B extends z.ZodType | undefined,
>(
  declaration: Omit<Route, "handle" | "params" | "query" | "body"> & {
    params?: P;
    query?: Q;
    body?: B;
    handle(input: RouteInput<Parsed<P>, Parsed<Q>, Parsed<B>>): Promise<unknown> | unknown;
  },
): Route {
  return declaration as Route;
}
