import type { DbClient } from "#lib/platform/db.ts";

export interface MemberRow {
  role: string;
  grants: string[];
  source: string;
  createdAt: Date;
  user: {
    id: string;
    name: string;
    email: string;
    kind: string;
    role: string;
    disabledAt: Date | null;
    totpEnrolledAt: Date | null;
  };
}

const USER = { id: true, name: true, email: true, kind: true, role: true, disabledAt: true, totpEnrolledAt: true };

/** Those with a membership, the oldest first. */
export function listMemberRows(db: DbClient, projectId: string): Promise<MemberRow[]> {
  return db.membership.findMany({
    where: { projectId },
    include: { user: { select: USER } },
    orderBy: [{ createdAt: "asc" }, { userId: "asc" }],
    take: 1_000,
  });
}

/** Admins of the instance, who are admins of every project without a membership. */
export function listInstanceAdmins(db: DbClient): Promise<(MemberRow["user"] & { createdAt: Date })[]> {
  return db.user.findMany({
    where: { role: "admin" },
    select: { ...USER, createdAt: true },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: 1_000,
  });
}

/** Locks the membership, so that two changes of it happen one after another. */
export async function lockMembership(
  db: DbClient,
  key: { projectId: string; userId: string },
): Promise<{ role: string; grants: string[]; source: string } | null> {
  const rows = await db.$queryRaw<{ role: string; grants: string[]; source: string }[]>`
    SELECT role, grants, source FROM membership
    WHERE project_id = ${key.projectId} AND user_id = ${key.userId} FOR UPDATE`;
  return rows[0] ?? null;
}

export async function upsertMembership(
  db: DbClient,
  key: { projectId: string; userId: string },
  values: { role: string; grants: string[] },
): Promise<void> {
  const data = { ...values, source: "manual" };
  await db.membership.upsert({ where: { projectId_userId: key }, create: { ...key, ...data }, update: data });
}

export async function deleteMembership(db: DbClient, key: { projectId: string; userId: string }): Promise<void> {
  await db.membership.deleteMany({ where: key });
}

/** Whether a person of that address is in the project. */
export async function isMemberByEmail(db: DbClient, projectId: string, email: string): Promise<boolean> {
  return (await db.membership.count({ where: { projectId, user: { email } } })) > 0;
}
