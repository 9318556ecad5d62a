import { type OpenAPIHono, z } from "@hono/zod-openapi";
import { ErrorEnvelope, InferenceErrorEnvelope, isInferencePath } from "#lib/platform/http/envelope.ts";
import { isMlflowPath, MlflowErrorEnvelope } from "#lib/platform/http/mlflow-fault.ts";
import type { Route, RouteAuth } from "#lib/platform/http/route.ts";
import { strict } from "#lib/platform/http/validate.ts";

type Registry = OpenAPIHono["openAPIRegistry"];
type ZodContentObject = Record<string, { schema: z.ZodType }>;
type RouteConfig = Parameters<Registry["registerPath"]>[0];

/** Names of the security schemes in the document. */
export const BEARER = "apiKey";
export const COOKIE = "session";

/** Puts a route into the document that `/api/openapi.json` serves. */
export function describeRoute(registry: Registry, route: Route): void {
  if (route.hidden) return;
  const { params, query, body } = route;
  const request: NonNullable<RouteConfig["request"]> = {};
  if (params instanceof z.ZodObject) request.params = params;
  if (query instanceof z.ZodObject) request.query = query;
  if (body !== undefined) {
    request.body = { required: true, content: { "application/json": { schema: strict(body) } } };
  }
  registry.registerPath({
    method: route.method,
    path: route.path.replace(/\+\}/g, "}"),
    operationId: operationId(route),
    summary: route.summary,
    ...(route.description !== undefined && { description: route.description }),
    tags: [route.tag],
    security: securityOf(route.auth),
    "x-assay-auth": route.auth,
    request,
    responses: {
      [route.status ?? 200]: { description: "Done.", ...contentOf(route) },
      ...(route.alsoStatus === undefined
        ? {}
        : { [route.alsoStatus]: { description: "Not in a state to do it.", ...contentOf(route) } }),
      default: { description: "Refused.", content: { "application/json": { schema: errorOf(route) } } },
    },
  });
}

/** Protocols that are not ours have their own form. */
function errorOf(route: Route): z.ZodType {
  if (isInferencePath(route.path)) return InferenceErrorEnvelope;
  return isMlflowPath(route.path) ? MlflowErrorEnvelope : ErrorEnvelope;
}

function contentOf(route: Route): { content?: ZodContentObject } {
  const content: ZodContentObject = {
    ...(route.response !== undefined && { "application/json": { schema: route.response } }),
    ...Object.fromEntries([route.produces ?? []].flat().map((type) => [type, { schema: schemaOf(type) }])),
  };
  return Object.keys(content).length === 0 ? {} : { content };
}

/** Events of a stream, and files, have no form that a schema could tell. */
function schemaOf(type: string): z.ZodType {
  return type === "text/plain" ? z.string() : z.unknown();
}

function securityOf(auth: RouteAuth): Record<string, string[]>[] {
  const known = [{ [BEARER]: [] }, { [COOKIE]: [] }];
  if (auth === "public") return [];
  return auth === "predict" || auth === "metrics" ? [{}, ...known] : known;
}

/** `postApiRunsIdCancel`: stable as long as method and path are. */
function operationId(route: Route): string {
  const words = route.path.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  return route.method + words.map((word) => word[0]?.toUpperCase() + word.slice(1)).join("");
}
