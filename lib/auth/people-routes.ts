import { z } from "zod";
import { acceptInvitation, joinByInvitation } from "#lib/auth/accept-invitation.ts";
import { createServiceAccount } from "#lib/auth/create-service-account.ts";
import { listServiceAccounts } from "#lib/auth/list-service-accounts.ts";
import { listSessions } from "#lib/auth/list-sessions.ts";
import { listUsers } from "#lib/auth/list-users.ts";
import { lookUpInvitation } from "#lib/auth/look-up-invitation.ts";
import { revokeSession } from "#lib/auth/revoke-session.ts";
import {
  AcceptedInvitation,
  AcceptInvitationInput,
  CreateServiceAccountInput,
  LookUpInvitationInput,
  OpenInvitation,
  ServiceAccount,
  SessionSummary,
  UpdateServiceAccountInput,
  UpdateUserInput,
  User,
} from "#lib/auth/schemas.ts";
import { updateServiceAccount } from "#lib/auth/update-service-account.ts";
import { updateUser } from "#lib/auth/update-user.ts";
import { sessionOf } from "#lib/platform/ctx.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const Id = z.string().min(1).max(100);
const IdParams = z.strictObject({ id: Id });
const SessionParams = z.strictObject({ id: Id, session: Id });
const UserQuery = z.strictObject({ q: z.string().trim().max(100).optional() });
/** Nobody who is not known sends us more than these few fields. */
const SMALL = 8 * 1024;
const tag = "People";

/** The instance's people, programs' accounts, and how somebody comes in. */
export const peopleRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/users",
    summary: "List the people of the instance",
    description: "`q` is part of the address or name.",
    tag,
    auth: "instance",
    query: UserQuery,
    response: z.object({ items: z.array(User) }),
    handle: async ({ ctx, query }) => ({ items: await listUsers(ctx, query) }),
  }),
  route({
    method: "patch",
    path: "/api/users/{id}",
    summary: "Make somebody an instance admin, disable or enable them",
    description:
      "Disabling ends their sessions and keys at once. The last admin stays. A person needs a proof of who they are from the last 15 minutes; a key does not.",
    tag,
    auth: "instance",
    params: IdParams,
    body: UpdateUserInput,
    status: 204,
    handle: ({ ctx, params, body }) => updateUser(ctx, { ...params, ...body }),
  }),
  route({
    method: "get",
    path: "/api/users/{id}/sessions",
    summary: "List a person's open sessions",
    tag,
    auth: "instance",
    params: IdParams,
    response: z.object({ items: z.array(SessionSummary) }),
    handle: async ({ ctx, params }) => ({
      items: await listSessions(ctx, { userId: params.id, currentId: sessionOf(ctx) }),
    }),
  }),
  route({
    method: "delete",
    path: "/api/users/{id}/sessions/{session}",
    summary: "End a person's session",
    tag,
    auth: "instance",
    params: SessionParams,
    status: 204,
    handle: ({ ctx, params }) => revokeSession(ctx, { id: params.session, userId: params.id }),
  }),
  route({
    method: "get",
    path: "/api/service-accounts",
    summary: "List the project's service accounts",
    tag,
    auth: "admin",
    response: z.object({ items: z.array(ServiceAccount) }),
    handle: async ({ ctx }) => ({ items: await listServiceAccounts(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/service-accounts",
    summary: "Make a service account",
    description: "It cannot sign in; it acts by keys that an admin makes for it.",
    tag,
    auth: "admin",
    body: CreateServiceAccountInput,
    response: ServiceAccount,
    status: 201,
    handle: ({ ctx, body }) => createServiceAccount(ctx, body),
  }),
  route({
    method: "patch",
    path: "/api/service-accounts/{id}",
    summary: "Disable or enable a service account",
    tag,
    auth: "admin",
    params: IdParams,
    body: UpdateServiceAccountInput,
    status: 204,
    handle: ({ ctx, params, body }) => updateServiceAccount(ctx, { ...params, ...body }),
  }),
  route({
    method: "post",
    path: "/api/invitations/look-up",
    summary: "What an invitation's link is for",
    tag,
    auth: "public",
    maxBodyBytes: SMALL,
    body: LookUpInvitationInput,
    response: OpenInvitation,
    handle: ({ ctx, body }) => lookUpInvitation(ctx, body),
  }),
  route({
    method: "post",
    path: "/api/invitations/accept",
    summary: "Accept an invitation with a new account",
    description: "Works once. Somebody whose address has an account signs in and joins instead.",
    tag,
    auth: "public",
    maxBodyBytes: SMALL,
    body: AcceptInvitationInput,
    response: AcceptedInvitation,
    status: 201,
    handle: ({ ctx, body }) => acceptInvitation(ctx, body),
  }),
  route({
    method: "post",
    path: "/api/invitations/join",
    summary: "Accept an invitation as the signed-in person",
    tag,
    auth: "signed-in",
    body: LookUpInvitationInput,
    response: AcceptedInvitation,
    handle: ({ ctx, body }) => joinByInvitation(ctx, body),
  }),
];
