import { hashKey } from "#lib/auth/key-hash.ts";
import { invitationOf } from "#lib/auth/list-invitations.ts";
import { type CreatedInvitation, INVITATION_DAYS, InviteInput } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { insertInvitation, revokeInvitationRows } from "#lib/auth/store/invitations.ts";
import { isMemberByEmail } from "#lib/auth/store/members.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";
import { newId, newSecret } from "#lib/platform/ids.ts";

/**
 * Invites an address into this project by a link that works once, for seven days. The link is in the reply and nowhere
 * else; an earlier one of the same address stops to work.
 *
 * @throws ConflictError they are a member already
 */
export async function invite(ctx: Ctx, input: InviteInput): Promise<CreatedInvitation> {
  requireScope(ctx, "admin");
  const { email, role } = InviteInput.parse(input);
  const { projectId } = ctx;
  const now = ctx.clock.now();
  const token = newSecret();
  return withTransaction(ctx, async (tx) => {
    if (await isMemberByEmail(tx.db, projectId, email)) {
      throw new ConflictError("They are in this project already.", { code: "already_member" });
    }
    await revokeInvitationRows(tx.db, { projectId, email }, now);
    const row = await insertInvitation(tx.db, {
      ...{ id: newId("inv"), email, projectId, role, tokenHash: hashKey(token) },
      invitedBy: actorName(ctx.actor),
      createdAt: now,
      expiresAt: new Date(now.getTime() + INVITATION_DAYS * 24 * 60 * 60 * 1_000),
    });
    audit(tx, {
      ...{ action: "invitation.create", subject: `invitation:${row.id}` },
      detail: { role, expiresAt: row.expiresAt },
      personal: { email },
    });
    // The fragment of an address is not sent to any server.
    return { ...invitationOf(row, now), token, path: `/invite#${token}` };
  });
}
