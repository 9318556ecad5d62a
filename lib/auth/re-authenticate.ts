import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import { takeCode, wrongCode } from "#lib/auth/second-factor-code.ts";
import { ReAuthenticateInput, type SessionProof } from "#lib/auth/second-factor-schemas.ts";
import { requirePerson } from "#lib/auth/step-up.ts";
import { clearFailures, findSecondFactor, markProof } from "#lib/auth/store/second-factors.ts";
import { reserveSignIn } from "#lib/auth/store/users.ts";
import { wrongPassword } from "#lib/auth/wrong-password.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, UnauthenticatedError } from "#lib/platform/errors.ts";

/**
 * Proves again, in this session, who the actor is: by password, by a code, or both. Wrong guesses count like those at the
 * sign-in. For somebody without a password a code is proof of both.
 *
 * @throws ForbiddenError password or code are wrong, or the account pauses
 * @throws ConflictError a code, but no second factor
 */
export async function reAuthenticate(ctx: Ctx, input: ReAuthenticateInput): Promise<SessionProof> {
  const actor = requirePerson(ctx);
  const { password, code } = ReAuthenticateInput.parse(input);
  const now = ctx.clock.now();
  const user = await findSecondFactor(ctx.db, actor.id);
  if (user === null || actor.sessionId === undefined) throw new UnauthenticatedError();
  const isEnrolled = user.totpEnrolledAt !== null;
  if (code !== undefined && !isEnrolled) {
    throw new ConflictError("You have no second factor.", { code: "second_factor_absent" });
  }
  const mayTry = await reserveSignIn(ctx.db, actor.id, now);
  if (!mayTry || (password !== undefined && !(await verifyPassword(user.passwordHash, password)))) {
    throw wrongPassword("password");
  }
  if (code !== undefined && !(await takeCode(ctx, actor.id, code))) throw wrongCode();

  const proof = {
    ...((password !== undefined || user.passwordHash === null) && { authenticatedAt: now }),
    ...(code !== undefined && { secondFactorAt: now }),
  };
  const { sessionId } = actor;
  await withTransaction(ctx, async (tx) => {
    if (!(await markProof(tx.db, { id: sessionId, userId: actor.id }, proof))) throw new UnauthenticatedError();
    // The password alone does not forget wrong codes: who has it could go on guessing them.
    if (!isEnrolled || code !== undefined) await clearFailures(tx.db, actor.id);
    const detail = { password: password !== undefined, code: code !== undefined };
    audit(tx, { chain: "instance", action: "session.re_authenticate", subject: `user:${actor.id}`, detail });
    await forgetSessions(tx, sessionId);
  });
  const { authenticatedAt = actor.authenticatedAt, secondFactorAt = actor.secondFactorAt } = proof;
  return {
    authenticatedAt: authenticatedAt?.toISOString() ?? null,
    secondFactorAt: secondFactorAt?.toISOString() ?? null,
  };
}
