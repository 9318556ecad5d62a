import type { Invitation } from "#lib/auth/schemas.ts";
import { ROLES, requireScope } from "#lib/auth/scopes.ts";
import { type InvitationRow, listInvitationRows } from "#lib/auth/store/invitations.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The project's invitations, the newest first, with those that are over. */
export async function listInvitations(ctx: Ctx): Promise<Invitation[]> {
  requireScope(ctx, "admin");
  const now = ctx.clock.now();
  return (await listInvitationRows(ctx.db, ctx.projectId)).map((row) => invitationOf(row, now));
}

export function invitationOf(row: InvitationRow, now: Date): Invitation {
  const { id, email, invitedBy } = row;
  return {
    ...{ id, email, invitedBy },
    role: ROLES.find((role) => role === row.role) ?? "viewer",
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    state: stateOf(row, now),
    acceptedAt: row.acceptedAt?.toISOString() ?? null,
  };
}

function stateOf(row: InvitationRow, now: Date): Invitation["state"] {
  if (row.acceptedAt !== null) return "accepted";
  if (row.revokedAt !== null) return "revoked";
  return row.expiresAt <= now ? "expired" : "open";
}
