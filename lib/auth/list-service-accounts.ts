import type { ServiceAccount } from "#lib/auth/schemas.ts";
import { ROLES, requireScope } from "#lib/auth/scopes.ts";
import { countOpenKeys } from "#lib/auth/store/api-keys.ts";
import { listServiceAccountRows } from "#lib/auth/store/service-accounts.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The project's accounts for programs, the oldest first. */
export async function listServiceAccounts(ctx: Ctx): Promise<ServiceAccount[]> {
  requireScope(ctx, "admin");
  const rows = await listServiceAccountRows(ctx.db, ctx.projectId);
  const keys = await countOpenKeys(ctx.db, { projectId: ctx.projectId, at: ctx.clock.now() });
  return rows.map((row) => ({
    ...{ id: row.id, name: row.name },
    role: ROLES.find((role) => role === row.role) ?? "viewer",
    disabledAt: row.disabledAt?.toISOString() ?? null,
    keys: keys.get(row.id) ?? 0,
    createdAt: row.createdAt.toISOString(),
  }));
}
