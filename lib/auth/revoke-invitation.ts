import { requireScope } from "#lib/auth/scopes.ts";
import { revokeInvitationRows } from "#lib/auth/store/invitations.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Takes an invitation back before it is accepted.
 *
 * @throws NotFoundError none of this project that is open
 */
export async function revokeInvitation(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "admin");
  await withTransaction(ctx, async (tx) => {
    const [id] = await revokeInvitationRows(tx.db, { projectId: ctx.projectId, id: input.id }, ctx.clock.now());
    if (id === undefined) throw new NotFoundError("The invitation");
    audit(tx, { action: "invitation.revoke", subject: `invitation:${id}`, detail: {} });
  });
}
