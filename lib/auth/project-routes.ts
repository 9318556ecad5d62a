import { z } from "zod";
import { createProject } from "#lib/auth/create-project.ts";
import { invite } from "#lib/auth/invite.ts";
import { listInvitations } from "#lib/auth/list-invitations.ts";
import { listMembers } from "#lib/auth/list-members.ts";
import { listProjects } from "#lib/auth/list-projects.ts";
import { mailInvitation } from "#lib/auth/mail-invitation.ts";
import { removeMember } from "#lib/auth/remove-member.ts";
import { revokeInvitation } from "#lib/auth/revoke-invitation.ts";
import {
  CreatedInvitation,
  CreateProjectInput,
  Invitation,
  InviteInput,
  Member,
  Project,
  SetMemberInput,
  UpdateProjectInput,
} from "#lib/auth/schemas.ts";
import { setMember } from "#lib/auth/set-member.ts";
import { updateProject } from "#lib/auth/update-project.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const IdParams = z.strictObject({ id: z.string().min(1).max(100) });
const UserParams = z.strictObject({ userId: z.string().min(1).max(100) });
const tag = "Projects";

/** Projects, who is in them, and who is invited. */
export const projectRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/projects",
    summary: "List your projects",
    tag,
    auth: "signed-in",
    response: z.object({ items: z.array(Project) }),
    handle: async ({ ctx }) => ({ items: await listProjects(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/projects",
    summary: "Make a project",
    tag,
    auth: "instance",
    body: CreateProjectInput,
    response: Project,
    status: 201,
    handle: ({ ctx, body }) => createProject(ctx, body),
  }),
  route({
    method: "patch",
    path: "/api/projects/{id}",
    summary: "Rename, describe, archive or restore a project",
    description: "A project's admins change their own. Archiving and restoring need the scope instance.",
    tag,
    auth: "admin",
    params: IdParams,
    body: UpdateProjectInput,
    status: 204,
    handle: ({ ctx, params, body }) => updateProject(ctx, { ...params, ...body }),
  }),
  route({
    method: "get",
    path: "/api/members",
    summary: "List who is in the project",
    tag,
    auth: "admin",
    response: z.object({ items: z.array(Member) }),
    handle: async ({ ctx }) => ({ items: await listMembers(ctx) }),
  }),
  route({
    method: "put",
    path: "/api/members/{userId}",
    summary: "Set a member's role and grants",
    description: "With the scope instance also takes in somebody who has an account; a project's admin invites.",
    tag,
    auth: "admin",
    params: UserParams,
    body: SetMemberInput,
    status: 204,
    handle: ({ ctx, params, body }) => setMember(ctx, { ...params, ...body }),
  }),
  route({
    method: "delete",
    path: "/api/members/{userId}",
    summary: "Take a member out of the project",
    tag,
    auth: "admin",
    params: UserParams,
    status: 204,
    handle: ({ ctx, params }) => removeMember(ctx, params),
  }),
  route({
    method: "get",
    path: "/api/invitations",
    summary: "List the project's invitations",
    tag,
    auth: "admin",
    response: z.object({ items: z.array(Invitation) }),
    handle: async ({ ctx }) => ({ items: await listInvitations(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/invitations",
    summary: "Invite somebody into the project",
    description: "The reply has a link that works once, for seven days, and is not shown again.",
    tag,
    auth: "admin",
    body: InviteInput,
    response: CreatedInvitation,
    status: 201,
    handle: async ({ ctx, body }) => {
      const invitation = await invite(ctx, body);
      const mailed = await mailInvitation(ctx, invitation);
      return { ...invitation, ...(mailed === undefined ? {} : { mailed }) };
    },
  }),
  route({
    method: "delete",
    path: "/api/invitations/{id}",
    summary: "Take an invitation back",
    tag,
    auth: "admin",
    params: IdParams,
    status: 204,
    handle: ({ ctx, params }) => revokeInvitation(ctx, params),
  }),
];
