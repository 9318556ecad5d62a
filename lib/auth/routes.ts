import { z } from "@hono/zod-openapi";
import { changePassword } from "#lib/auth/change-password.ts";
import { createApiKey } from "#lib/auth/create-api-key.ts";
import { listApiKeys } from "#lib/auth/list-api-keys.ts";
import { listSessions } from "#lib/auth/list-sessions.ts";
import { peopleRoutes } from "#lib/auth/people-routes.ts";
import { projectRoutes } from "#lib/auth/project-routes.ts";
import { revokeApiKey } from "#lib/auth/revoke-api-key.ts";
import { revokeOtherSessions } from "#lib/auth/revoke-other-sessions.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import {
  ApiKeyQuery,
  ApiKeySummary,
  ChangePasswordInput,
  CreateApiKeyInput,
  CreatedApiKey,
  Me,
  SessionSummary,
} from "#lib/auth/schemas.ts";
import { ROLES } from "#lib/auth/scopes.ts";
import { secondFactorRoutes } from "#lib/auth/second-factor-routes.ts";
import { type Ctx, personOf, sessionOf } from "#lib/platform/ctx.ts";
import { UnauthenticatedError } from "#lib/platform/errors.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const IdParams = z.strictObject({ id: z.string().min(1).max(100) });

export const authRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/me",
    summary: "Who you are, and what you may do",
    tag: "Access",
    auth: "signed-in",
    response: Me,
    handle: ({ ctx }) => meOf(ctx),
  }),
  route({
    method: "put",
    path: "/api/password",
    summary: "Change your own password",
    description: "Your other sessions end.",
    tag: "Access",
    auth: "signed-in",
    body: ChangePasswordInput,
    status: 204,
    handle: ({ ctx, body }) => changePassword(ctx, { ...body, keepSession: sessionOf(ctx) }),
  }),
  route({
    method: "get",
    path: "/api/sessions",
    summary: "List your open sessions",
    tag: "Access",
    auth: "signed-in",
    response: z.object({ items: z.array(SessionSummary) }),
    handle: async ({ ctx }) => ({ items: await listSessions(ctx, { currentId: sessionOf(ctx) }) }),
  }),
  route({
    method: "delete",
    path: "/api/sessions",
    summary: "End all of your sessions but this one",
    tag: "Access",
    auth: "signed-in",
    status: 204,
    handle: ({ ctx }) => revokeOtherSessions(ctx),
  }),
  route({
    method: "delete",
    path: "/api/sessions/{id}",
    summary: "End one of your sessions",
    tag: "Access",
    auth: "signed-in",
    params: IdParams,
    status: 204,
    handle: ({ ctx, params }) => revokeSession(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/keys",
    summary: "List API keys",
    description: "Your own; as an admin the project's.",
    tag: "Access",
    auth: "signed-in",
    query: ApiKeyQuery,
    response: z.object({ items: z.array(ApiKeySummary) }),
    handle: async ({ ctx, query }) => ({ items: await listApiKeys(ctx, { q: query.q, mine: query.mine === "true" }) }),
  }),
  route({
    method: "post",
    path: "/api/keys",
    summary: "Make an API key",
    description:
      "For yourself, or as an admin for a service account. It can do what you give it as long as its owner's role allows that. For the scopes admin and instance a person needs a proof of who they are from the last 15 minutes. The key is in the reply and is not shown again.",
    tag: "Access",
    auth: "signed-in",
    body: CreateApiKeyInput,
    response: CreatedApiKey,
    status: 201,
    handle: ({ ctx, body }) => createApiKey(ctx, body),
  }),
  route({
    method: "delete",
    path: "/api/keys/{id}",
    summary: "Revoke an API key",
    tag: "Access",
    auth: "signed-in",
    params: IdParams,
    status: 204,
    handle: ({ ctx, params }) => revokeApiKey(ctx, params),
  }),
  ...secondFactorRoutes,
  ...projectRoutes,
  ...peopleRoutes,
];

function meOf(ctx: Ctx): z.infer<typeof Me> {
  const { actor, projectId } = ctx;
  if (actor.type !== "user" && actor.type !== "apiKey") {
    throw new UnauthenticatedError();
  }
  const { type, id, name } = actor;
  const email = actor.type === "user" ? actor.email : null;
  const role = ROLES.find((one) => one === actor.role) ?? null;
  const grants = actor.type === "user" ? [...(actor.grants ?? [])] : [];
  return { type, id, name, email, userId: personOf(actor) ?? null, scopes: [...actor.scopes], role, grants, projectId };
}
