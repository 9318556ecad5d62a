import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { hashKey } from "#lib/auth/key-hash.ts";
import { noSuchInvitation, requireOpenInvitation } from "#lib/auth/look-up-invitation.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { type AcceptedInvitation, AcceptInvitationInput, LookUpInvitationInput } from "#lib/auth/schemas.ts";
import { ROLES } from "#lib/auth/scopes.ts";
import { type InvitationRow, inviterHolds, takeInvitation } from "#lib/auth/store/invitations.ts";
import { lockMembership, upsertMembership } from "#lib/auth/store/members.ts";
import { findUserByEmail, insertUser } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { ConflictError, ForbiddenError, InvalidError, UnauthenticatedError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";

/**
 * Accepts an invitation as somebody new: makes the account, with the address that was invited, and the membership.
 *
 * @throws NotFoundError the link is unknown, used, taken back or over
 * @throws ConflictError the address has an account: its person signs in and joins
 */
export async function acceptInvitation(ctx: Ctx, input: AcceptInvitationInput): Promise<AcceptedInvitation> {
  const { token, name, password } = AcceptInvitationInput.parse(input);
  // Looked at before the password is hashed, so that guessing links costs us nothing.
  const { email } = await requireOpenInvitation(ctx, token);
  requireGoodPassword(email, password);
  await requireNewAddress(ctx, email);
  const passwordHash = await hashPassword(password);
  const id = newId("usr");
  return withTransaction(ctx, async (tx) => {
    const invitation = await take(tx, token, id);
    // Two invitations of one address, accepted at once: the second waits here for the first one's row.
    const made = await insertUser(tx.db, { id, email, name, role: "user", passwordHash }).catch((error: unknown) => {
      if (error instanceof Error && "code" in error && error.code === "P2002") throw hasAccount(email);
      throw error;
    });
    audit(tx, {
      ...{ chain: "instance", action: "user.create", subject: `user:${id}`, actor: `user:${id}` },
      detail: { role: made.role, invitation: invitation.id },
      personal: { email, name },
    });
    return enter(tx, invitation, { id, email });
  });
}

/**
 * Accepts an invitation as the signed-in person whose address was invited. Somebody who is in the project already keeps
 * the higher role.
 *
 * @throws NotFoundError  the link is unknown, used, taken back or over
 * @throws ForbiddenError it is for another address
 */
export async function joinByInvitation(ctx: Ctx, input: LookUpInvitationInput): Promise<AcceptedInvitation> {
  const { actor } = ctx;
  if (actor.type !== "user") throw new UnauthenticatedError("Only a signed-in person joins a project.");
  const { token } = LookUpInvitationInput.parse(input);
  const { email } = await requireOpenInvitation(ctx, token);
  if (email !== actor.email.toLowerCase()) {
    throw new ForbiddenError(`This invitation is for ${email}.`, {
      code: "other_address",
      details: [{ field: "token", problem: "for another address", remedy: `Sign in as ${email}.` }],
    });
  }
  return withTransaction(ctx, async (tx) => enter(tx, await take(tx, token, actor.id), actor));
}

async function take(tx: Tx, token: string, by: string): Promise<InvitationRow> {
  const invitation = await takeInvitation(tx.db, { tokenHash: hashKey(token), by }, tx.clock.now());
  if (invitation === null || !(await inviterHolds(tx.db, invitation, tx.clock.now()))) throw noSuchInvitation();
  return invitation;
}

async function enter(
  tx: Tx,
  invitation: InvitationRow,
  person: { id: string; email: string },
): Promise<AcceptedInvitation> {
  const { projectId } = invitation;
  const key = { projectId, userId: person.id };
  const before = await lockMembership(tx.db, key);
  const ranks: readonly (string | undefined)[] = ROLES;
  const role = ROLES[Math.max(ranks.indexOf(before?.role), ranks.indexOf(invitation.role))] ?? "viewer";
  // What a group of the provider's gives stays the group's to take away, unless the invitation gives more.
  const isGroups = before?.source === "oidc" && role === before.role;
  if (!isGroups) await upsertMembership(tx.db, key, { role, grants: before?.grants ?? [] });
  audit(tx, {
    ...{ chain: `project:${projectId}`, actor: `user:${person.id}` },
    ...{ action: "invitation.accept", subject: `invitation:${invitation.id}` },
    detail: { user: person.id, role, invitedBy: invitation.invitedBy },
    personal: { email: person.email },
  });
  await forgetSessions(tx, person.id);
  return { userId: person.id, email: person.email, projectId, role };
}

async function requireNewAddress(ctx: Ctx, email: string): Promise<void> {
  if ((await findUserByEmail(ctx.db, email)) !== null) throw hasAccount(email);
}

function hasAccount(email: string): ConflictError {
  return new ConflictError(`${email} has an account.`, {
    code: "has_account",
    details: [{ field: "token", problem: "the address has an account", remedy: "Sign in, then open the link again." }],
  });
}

function requireGoodPassword(email: string, password: string): void {
  if (password.toLowerCase() === email) {
    throw new InvalidError("Choose another password.", {
      details: [{ field: "password", problem: "it is the address", remedy: "Choose one that nobody guesses." }],
    });
  }
}
