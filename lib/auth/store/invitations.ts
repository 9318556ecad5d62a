import type { DbClient } from "#lib/platform/db.ts";

export interface InvitationRow {
  id: string;
  email: string;
  projectId: string;
  role: string;
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
  acceptedAt: Date | null;
  revokedAt: Date | null;
}

export function insertInvitation(
  db: DbClient,
  invitation: Omit<InvitationRow, "acceptedAt" | "revokedAt"> & { tokenHash: string },
): Promise<InvitationRow> {
  return db.invitation.create({ data: invitation });
}

/** The newest first, with those that are over. */
export function listInvitationRows(db: DbClient, projectId: string): Promise<InvitationRow[]> {
  return db.invitation.findMany({
    where: { projectId },
    orderBy: [{ createdAt: "desc" }, { id: "asc" }],
    take: 1_000,
  });
}

/** One that can still be accepted, of a project that is not archived, by somebody who may still invite. */
export async function findOpenInvitation(
  db: DbClient,
  tokenHash: string,
  now: Date,
): Promise<(InvitationRow & { projectName: string }) | null> {
  const row = await db.invitation.findFirst({
    where: { tokenHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
  });
  if (row === null || !(await inviterHolds(db, row, now))) return null;
  const project = await db.project.findFirst({ where: { id: row.projectId, archivedAt: null } });
  return project && { ...row, projectName: project.name };
}

/** Uses an invitation up. Of several that try at once one gets it; null for the others. */
export async function takeInvitation(
  db: DbClient,
  which: { tokenHash: string; by: string },
  now: Date,
): Promise<InvitationRow | null> {
  const { tokenHash, by } = which;
  const rows = await db.invitation.updateManyAndReturn({
    where: { tokenHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { acceptedAt: now, acceptedBy: by },
  });
  return rows[0] ?? null;
}

/** Returns the ids of those that were open: one by its id, or all of an address. */
export async function revokeInvitationRows(
  db: DbClient,
  which: { projectId: string; id: string } | { projectId: string; email: string },
  now: Date,
): Promise<string[]> {
  const rows = await db.invitation.updateManyAndReturn({
    where: { ...which, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
    data: { revokedAt: now },
    select: { id: true },
  });
  return rows.map((row) => row.id);
}

/** Takes back what somebody invited and nobody accepted yet. */
export async function revokeInvitationsOf(db: DbClient, invitedBy: string, now: Date): Promise<void> {
  await db.invitation.updateMany({
    where: { invitedBy, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
}

/**
 * Whether who invited may still do so: the person, or the key and the person behind it, is enabled and an admin of the
 * project. Neither keys nor accounts are ever deleted, so who is not there never was: that does not hold.
 */
export async function inviterHolds(
  db: DbClient,
  invitation: Pick<InvitationRow, "invitedBy" | "projectId">,
  now: Date,
): Promise<boolean> {
  const { invitedBy, projectId } = invitation;
  const [kind, id = ""] = invitedBy.split(":");
  // The machine's own terminal.
  if (kind === "system") return true;
  let userId = kind === "user" ? id : null;
  if (kind === "apiKey") {
    const key = await db.apiKey.findUnique({ where: { id } });
    if (key === null || key.revokedAt !== null || (key.expiresAt !== null && key.expiresAt <= now)) return false;
    // The bootstrap key is nobody's.
    if (key.userId === null) return true;
    userId = key.userId;
  }
  if (userId === null) return false;
  const user = await db.user.findUnique({
    where: { id: userId },
    include: { memberships: { where: { projectId } } },
  });
  if (user === null || user.disabledAt !== null) return false;
  return user.role === "admin" || user.memberships.some(({ role }) => role === "admin");
}
