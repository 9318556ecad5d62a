import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { UpdateProjectInput } from "#lib/auth/schemas.ts";
import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import { findProject, nameIsTaken, updateProjectRow } from "#lib/auth/store/projects.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";

/**
 * Renames, describes, archives or restores a project: its admins their own, the instance's any. Archiving needs the scope
 * `instance`; sessions and keys lose the project at once.
 *
 * @throws NotFoundError no such project, or not the actor's
 * @throws ConflictError the name is taken, or it is `default` that would be archived
 */
export async function updateProject(ctx: Ctx, input: { id: string } & UpdateProjectInput): Promise<void> {
  requireScope(ctx, "admin");
  const { id, ...rest } = input;
  const { name, description, archived } = UpdateProjectInput.parse(rest);
  if (id !== ctx.projectId && !hasScope(ctx.actor.scopes, "instance")) throw new NotFoundError("The project");
  if (archived !== undefined) requireScope(ctx, "instance");
  if (archived === true && id === "default") {
    throw new ConflictError("The default project stays.", { code: "default_project" });
  }
  await withTransaction(ctx, async (tx) => {
    const before = await findProject(tx.db, id);
    if (before === null) throw new NotFoundError("The project");
    if (name !== undefined && (await nameIsTaken(tx.db, name, id))) {
      throw new ConflictError("There is a project of that name.", { code: "project_exists" });
    }
    const isArchived = before.archivedAt !== null;
    await updateProjectRow(tx.db, id, {
      ...(name !== undefined && { name }),
      ...(description !== undefined && { description }),
      ...(archived !== undefined && archived !== isArchived && { archivedAt: archived ? ctx.clock.now() : null }),
    });
    audit(tx, {
      ...{ chain: "instance", action: "project.update", subject: `project:${id}` },
      detail: {
        before: { name: before.name, description: before.description, archived: isArchived },
        after: { name, description, archived },
      },
    });
    // Empty: who knows this project, as a person or a key, is not known here.
    if (archived !== undefined) await forgetSessions(tx, "");
  });
}
