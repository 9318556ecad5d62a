import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { hashPassword, verifyPassword } from "#lib/auth/password.ts";
import { ChangePasswordInput } from "#lib/auth/schemas.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { findUser, reserveSignIn, setPassword } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ForbiddenError, InvalidError, UnauthenticatedError } from "#lib/platform/errors.ts";

/**
 * Sets the actor's own password and ends the actor's other sessions. Wrong guesses count like those at the sign-in.
 *
 * @param input.keepSession the session that asks; it stays open
 * @throws ForbiddenError the current password is wrong, or the account pauses after several failures
 * @throws InvalidError the new one is too short, or the old one again
 */
export async function changePassword(
  ctx: Ctx,
  input: ChangePasswordInput & { keepSession?: string | undefined },
): Promise<void> {
  const { actor } = ctx;
  if (actor.type !== "user") {
    throw new UnauthenticatedError("Only a signed-in person has a password.");
  }
  const { keepSession, ...rest } = input;
  const { currentPassword, newPassword } = ChangePasswordInput.parse(rest);
  const user = await findUser(ctx.db, actor.id);
  const mayTry = await reserveSignIn(ctx.db, actor.id, ctx.clock.now());
  const matches = await verifyPassword(user?.passwordHash, currentPassword);
  if (!mayTry || !matches) {
    throw new ForbiddenError("The current password is not right.", {
      code: "wrong_password",
      details: [
        { field: "currentPassword", problem: "does not match", remedy: "Type it again; wait a minute after several." },
      ],
    });
  }
  if (newPassword === currentPassword || newPassword.toLowerCase() === actor.email.toLowerCase()) {
    throw new InvalidError("Choose another password.", {
      details: [{ field: "newPassword", problem: "the old one, or the address", remedy: "Choose a new one." }],
    });
  }
  const passwordHash = await hashPassword(newPassword);
  await withTransaction(ctx, async (tx) => {
    await setPassword(tx.db, actor.id, { passwordHash, mustChangePassword: false });
    await revokeSessions(tx.db, { userId: actor.id, except: keepSession }, ctx.clock.now());
    audit(tx, { chain: "instance", action: "user.change_password", subject: `user:${actor.id}`, detail: {} });
    await forgetSessions(tx, actor.id);
  });
}
