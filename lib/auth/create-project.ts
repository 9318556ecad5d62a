import { CreateProjectInput, type Project } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { insertProject } from "#lib/auth/store/projects.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";

/**
 * Makes a project. Admins of the instance are its admins from the start; everybody else is invited.
 *
 * @throws ConflictError the id or the name is taken
 */
export async function createProject(ctx: Ctx, input: CreateProjectInput): Promise<Project> {
  requireScope(ctx, "instance");
  const { id, name, description } = CreateProjectInput.parse(input);
  const createdAt = ctx.clock.now();
  return withTransaction(ctx, async (tx) => {
    if (!(await insertProject(tx.db, { id, name, description, createdAt }))) {
      throw new ConflictError("There is a project of that id or name.", {
        code: "project_exists",
        details: [{ field: "id", problem: "id or name taken", remedy: "Choose another id and another name." }],
      });
    }
    audit(tx, { chain: "instance", action: "project.create", subject: `project:${id}`, detail: { name, description } });
    const at = { createdAt: createdAt.toISOString(), archivedAt: null };
    return { id, name, description, role: "admin", grants: [], current: id === ctx.projectId, ...at };
  });
}
