import type { DbClient, Prisma } from "#lib/platform/db.ts";

export interface ProjectRow {
  id: string;
  name: string;
  description: string;
  createdAt: Date;
  archivedAt: Date | null;
}

/** Whether there is such a project that is not archived. */
export async function projectIsOpen(db: DbClient, id: string): Promise<boolean> {
  return (await db.project.count({ where: { id, archivedAt: null } })) === 1;
}

export function findProject(db: DbClient, id: string): Promise<ProjectRow | null> {
  return db.project.findUnique({ where: { id } });
}

/** By name, with the user's own membership: all, or without archived ones those that the user is in, or just one. */
export async function listProjectRows(
  db: DbClient,
  which: { of: "all" | "memberships" | { id: string }; userId: string },
): Promise<(ProjectRow & { memberships: { role: string; grants: string[] }[] })[]> {
  const { of, userId } = which;
  const open: Prisma.ProjectWhereInput = { archivedAt: null };
  const where = of === "all" ? {} : { ...open, ...(of === "memberships" ? { memberships: { some: { userId } } } : of) };
  return db.project.findMany({
    where,
    include: { memberships: { where: { userId } } },
    orderBy: [{ name: "asc" }, { id: "asc" }],
    take: 1_000,
  });
}

/** False when the id or the name is taken. */
export async function insertProject(
  db: DbClient,
  project: Pick<ProjectRow, "id" | "name" | "description" | "createdAt">,
): Promise<boolean> {
  const made = await db.project.createMany({ data: [project], skipDuplicates: true });
  return made.count === 1;
}

/** Whether another project has that name. */
export async function nameIsTaken(db: DbClient, name: string, except: string): Promise<boolean> {
  return (await db.project.count({ where: { name, NOT: { id: except } } })) > 0;
}

export async function updateProjectRow(
  db: DbClient,
  id: string,
  change: { name?: string; description?: string; archivedAt?: Date | null },
): Promise<void> {
  await db.project.update({ where: { id }, data: change });
}
