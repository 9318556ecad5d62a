import type { DbClient } from "#lib/platform/db.ts";

export interface ServiceAccountRow {
  id: string;
  name: string;
  role: string;
  disabledAt: Date | null;
  createdAt: Date;
}

/** A service account is its project's: the one that it is a member of. */
export async function findServiceAccount(
  db: DbClient,
  which: { id: string; projectId: string },
): Promise<ServiceAccountRow | null> {
  const membership = await db.membership.findFirst({
    where: { projectId: which.projectId, userId: which.id, user: { kind: "service" } },
    include: { user: true },
  });
  return membership && accountOf(membership);
}

export async function listServiceAccountRows(db: DbClient, projectId: string): Promise<ServiceAccountRow[]> {
  const rows = await db.membership.findMany({
    where: { projectId, user: { kind: "service" } },
    include: { user: true },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    take: 1_000,
  });
  return rows.map(accountOf);
}

function accountOf(membership: {
  role: string;
  user: { id: string; name: string; disabledAt: Date | null; createdAt: Date };
}): ServiceAccountRow {
  const { id, name, disabledAt, createdAt } = membership.user;
  return { id, name, role: membership.role, disabledAt, createdAt };
}
