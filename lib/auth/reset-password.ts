import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { hashPassword } from "#lib/auth/password.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { requireRecentProofOfPerson } from "#lib/auth/step-up.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { findFirstAdmin, findUserByEmail, setPassword } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";

/**
 * Gives an account a random password that has to be changed at the next sign-in, and ends its sessions.
 *
 * @param input.email the first admin's when absent
 * @throws ForbiddenError a person, whose last proof of who they are was too long ago
 * @throws NotFoundError no such account
 */
export async function resetPassword(ctx: Ctx, input: { email?: string }): Promise<{ email: string; password: string }> {
  requireScope(ctx, "instance");
  requireRecentProofOfPerson(ctx);
  const password = newId("pw").slice(3);
  const passwordHash = await hashPassword(password);
  return withTransaction(ctx, async (tx) => {
    const user =
      input.email === undefined
        ? await findFirstAdmin(tx.db)
        : await findUserByEmail(tx.db, input.email.trim().toLowerCase());
    if (user === null || user.kind !== "person") {
      throw new NotFoundError(input.email === undefined ? "An admin" : `The account ${input.email}`);
    }
    await setPassword(tx.db, user.id, { passwordHash, mustChangePassword: true });
    await revokeSessions(tx.db, { userId: user.id }, ctx.clock.now());
    audit(tx, { chain: "instance", action: "user.reset_password", subject: `user:${user.id}`, detail: {} });
    await forgetSessions(tx, user.id);
    return { email: user.email, password };
  });
}
