import type { User } from "#lib/auth/schemas.ts";
import { ROLES, requireScope } from "#lib/auth/scopes.ts";
import { listPeopleRows } from "#lib/auth/store/users.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The people of the instance by address; `q` is part of the address or name. At most 1,000. */
export async function listUsers(ctx: Ctx, input: { q?: string | undefined } = {}): Promise<User[]> {
  requireScope(ctx, "instance");
  const rows = await listPeopleRows(ctx.db, input.q);
  return rows.map((row) => ({
    ...{ id: row.id, email: row.email, name: row.name },
    role: row.role === "admin" ? "admin" : "user",
    disabledAt: row.disabledAt?.toISOString() ?? null,
    secondFactor: row.totpEnrolledAt !== null,
    signsInBy: [
      ...(row.passwordHash === null ? [] : (["password"] as const)),
      ...(row.identities.length === 0 ? [] : (["oidc"] as const)),
    ],
    lastSignInAt: row.lastSignInAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    memberships: row.memberships.map(({ projectId, role }) => ({
      projectId,
      role: ROLES.find((one) => one === role) ?? "viewer",
    })),
  }));
}
