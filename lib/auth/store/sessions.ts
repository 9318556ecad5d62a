import type { UserRow } from "#lib/auth/store/users.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { DbClient, Prisma } from "#lib/platform/db.ts";

export interface SessionRow {
  id: string;
  userId: string;
  createdAt: Date;
  expiresAt: Date;
  lastSeenAt: Date;
  revokedAt: Date | null;
  authenticatedAt: Date | null;
  secondFactorAt: Date | null;
  method: string;
  ip: string | null;
  userAgent: string | null;
}

export async function insertSession(
  db: DbClient,
  session: {
    id: string;
    userId: string;
    createdAt: Date;
    expiresAt: Date;
    method: "password" | "oidc";
    secondFactorAt: Date | null;
    ip: string | null;
    userAgent: string | null;
  },
): Promise<void> {
  const { createdAt } = session;
  await db.session.create({ data: { ...session, lastSeenAt: createdAt, authenticatedAt: createdAt } });
}

export interface MembershipRow {
  projectId: string;
  role: string;
  grants: string[];
}

/** A session with its person and the person's memberships in projects that are not archived, the oldest first. */
export function findSession(
  db: DbClient,
  id: string,
): Promise<(SessionRow & { user: UserRow & { memberships: MembershipRow[] } }) | null> {
  const memberships = {
    where: { project: { archivedAt: null } },
    orderBy: [{ createdAt: "asc" }, { projectId: "asc" }],
  } satisfies Prisma.User$membershipsArgs;
  return db.session.findUnique({ where: { id }, include: { user: { include: { memberships } } } });
}

export function listSessionRows(db: DbClient, userId: string, now: Date): Promise<SessionRow[]> {
  return db.session.findMany({
    where: { userId, revokedAt: null, expiresAt: { gt: now } },
    orderBy: { lastSeenAt: "desc" },
    take: 200,
  });
}

/** Returns the ids of those that were open. */
export async function revokeSessions(
  db: DbClient,
  which: { userId: string; id?: string; except?: string | undefined },
  now: Date,
): Promise<string[]> {
  const { userId, id, except } = which;
  const where: Prisma.SessionWhereInput = {
    userId,
    revokedAt: null,
    ...(id !== undefined && { id }),
    ...(except !== undefined && { NOT: { id: except } }),
  };
  const revoked = await db.session.updateManyAndReturn({ where, data: { revokedAt: now }, select: { id: true } });
  return revoked.map((row) => row.id);
}

export async function touchSession(pool: Ctx["pool"], id: string, now: Date): Promise<void> {
  await pool.query("UPDATE session SET last_seen_at = $2 WHERE id = $1 AND last_seen_at < $2", [id, now]);
}
