import type { UserRow } from "#lib/auth/store/users.ts";
import type { DbClient } from "#lib/platform/db.ts";

interface ProviderIdentity {
  issuer: string;
  subject: string;
}

/** One sign-in of this address at a time, over all processes; held until the transaction ends. */
export async function lockPerson(db: DbClient, name: string): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`assay.oidc:${name}`}))`;
}

export async function findIdentityUser(db: DbClient, { issuer, subject }: ProviderIdentity): Promise<UserRow | null> {
  const where = { issuer_subject: { issuer, subject } };
  const row = await db.identity.findUnique({ where, include: { user: true } });
  return row?.user ?? null;
}

/** Returns whether it is a new one. */
export async function seeIdentity(
  db: DbClient,
  identity: ProviderIdentity & { userId: string },
  now: Date,
): Promise<boolean> {
  const seen = await db.identity.updateMany({ where: identity, data: { lastSeenAt: now } });
  if (seen.count > 0) return false;
  await db.identity.create({ data: { ...identity, createdAt: now, lastSeenAt: now } });
  return true;
}

export interface ProjectRole {
  projectId: string;
  role: string;
}

/** Those of these projects that are there and in use. */
export async function existingProjects(db: DbClient, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.project.findMany({ where: { id: { in: [...ids] }, archivedAt: null }, select: { id: true } });
  return new Set(rows.map((row) => row.id));
}

export function membershipsOf(db: DbClient, userId: string): Promise<(ProjectRole & { source: string })[]> {
  return db.membership.findMany({ where: { userId }, select: { projectId: true, role: true, source: true } });
}

/** Sets a membership that the provider's groups give. One that was made by hand stays as it is. */
export async function setGroupMembership(
  db: DbClient,
  userId: string,
  { projectId, role }: ProjectRole,
): Promise<void> {
  await db.membership.createMany({ data: { projectId, userId, role, source: "oidc" }, skipDuplicates: true });
  await db.membership.updateMany({ where: { projectId, userId, source: "oidc" }, data: { role } });
}

export async function removeGroupMembership(db: DbClient, userId: string, projectId: string): Promise<void> {
  await db.membership.deleteMany({ where: { userId, projectId, source: "oidc" } });
}

export async function setInstanceRole(db: DbClient, userId: string, role: "admin" | "user"): Promise<void> {
  await db.user.update({ where: { id: userId }, data: { role } });
}

/** Whether there is another person who can administer the instance. */
export async function hasOtherAdmin(db: DbClient, userId: string): Promise<boolean> {
  const where = { role: "admin", disabledAt: null, NOT: { id: userId } };
  return (await db.user.findFirst({ where, select: { id: true } })) !== null;
}
