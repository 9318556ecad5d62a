import type { Member } from "#lib/auth/schemas.ts";
import { ROLES, requireScope } from "#lib/auth/scopes.ts";
import { listInstanceAdmins, listMemberRows, type MemberRow } from "#lib/auth/store/members.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** Who is in the project and in which role, with service accounts and the admins of the instance. */
export async function listMembers(ctx: Ctx): Promise<Member[]> {
  requireScope(ctx, "admin");
  const rows = await listMemberRows(ctx.db, ctx.projectId);
  const members = new Set(rows.map((row) => row.user.id));
  const admins = (await listInstanceAdmins(ctx.db)).filter((user) => !members.has(user.id));
  return [
    ...rows.map(memberOf),
    ...admins.map((user) =>
      memberOf({ role: "admin", grants: [], source: "instance", createdAt: user.createdAt, user }),
    ),
  ];
}

function memberOf(row: MemberRow): Member {
  const { user, grants, createdAt } = row;
  const isInstanceAdmin = user.role === "admin";
  const isService = user.kind === "service";
  return {
    userId: user.id,
    name: user.name,
    email: isService ? null : user.email,
    kind: isService ? "service" : "person",
    role: isInstanceAdmin ? "admin" : (ROLES.find((role) => role === row.role) ?? "viewer"),
    grants,
    source: isInstanceAdmin ? "instance" : row.source === "oidc" ? "oidc" : "manual",
    disabled: user.disabledAt !== null,
    secondFactor: user.totpEnrolledAt !== null,
    since: createdAt.toISOString(),
  };
}
