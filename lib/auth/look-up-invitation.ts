import { hashKey } from "#lib/auth/key-hash.ts";
import { invitationOf } from "#lib/auth/list-invitations.ts";
import { LookUpInvitationInput, type OpenInvitation } from "#lib/auth/schemas.ts";
import { findOpenInvitation, type InvitationRow } from "#lib/auth/store/invitations.ts";
import { findUserByEmail } from "#lib/auth/store/users.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * What a link is for: whoever holds the link may know.
 *
 * @throws NotFoundError it is unknown, used, taken back or over: one answer for all
 */
export async function lookUpInvitation(ctx: Ctx, input: LookUpInvitationInput): Promise<OpenInvitation> {
  const { token } = LookUpInvitationInput.parse(input);
  const row = await requireOpenInvitation(ctx, token);
  const { email, role, expiresAt } = invitationOf(row, ctx.clock.now());
  const hasAccount = (await findUserByEmail(ctx.db, row.email)) !== null;
  return { email, role, expiresAt, projectName: row.projectName, hasAccount };
}

/** @throws NotFoundError */
export async function requireOpenInvitation(ctx: Ctx, token: string): Promise<InvitationRow & { projectName: string }> {
  const row = await findOpenInvitation(ctx.db, hashKey(token), ctx.clock.now());
  if (row === null) throw noSuchInvitation();
  return row;
}

export function noSuchInvitation(): NotFoundError {
  return new NotFoundError("An invitation that can still be accepted", {
    code: "no_such_invitation",
    details: [{ field: "token", problem: "unknown, used, taken back or over", remedy: "Ask for another link." }],
  });
}
