import { NO_PROJECT } from "#lib/auth/resolve-session.ts";
import type { Project } from "#lib/auth/schemas.ts";
import { hasScope, ROLES } from "#lib/auth/scopes.ts";
import { listProjectRows } from "#lib/auth/store/projects.ts";
import { type Ctx, personOf } from "#lib/platform/ctx.ts";
import { UnauthenticatedError } from "#lib/platform/errors.ts";

/** The projects that the actor may name, by name: a person's memberships, a key's own, with the scope `instance` all. */
export async function listProjects(ctx: Ctx): Promise<Project[]> {
  const { actor, projectId } = ctx;
  if (actor.type === "anonymous") throw new UnauthenticatedError();
  const everywhere = hasScope(actor.scopes, "instance");
  const userId = personOf(actor) ?? "";
  const rows = await listProjectRows(ctx.db, { of: listOf(ctx, everywhere), userId });
  return rows.map((row) => {
    const [membership] = row.memberships;
    const role = everywhere ? "admin" : membership?.role;
    return {
      ...{ id: row.id, name: row.name, description: row.description },
      role: ROLES.find((one) => one === role) ?? null,
      grants: membership?.grants ?? [],
      current: row.id === projectId,
      createdAt: row.createdAt.toISOString(),
      archivedAt: row.archivedAt?.toISOString() ?? null,
    };
  });
}

function listOf(ctx: Ctx, everywhere: boolean): "all" | "memberships" | { id: string } {
  if (everywhere) return "all";
  return ctx.actor.type === "user" && ctx.projectId !== NO_PROJECT ? "memberships" : { id: ctx.projectId };
}
