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

/** One that can still be accepted, of a project that is not archived. */
export async function findOpenInvitation(
  db: DbClient,
  tokenHash: string,
  now: Date,
): Promise<(InvitationRow & { projectName: string }) | null> {
  const row = await db.invitation.findFirst({
    where: { tokenHash, acceptedAt: null, revokedAt: null, expiresAt: { gt: now } },
  });
  const project = row && (await db.project.findFirst({ where: { id: row.projectId, archivedAt: null } }));
  return row && project && { ...row, projectName: project.name };
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
