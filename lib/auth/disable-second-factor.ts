import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { verifyPassword } from "#lib/auth/password.ts";
import { takeCode, wrongCode } from "#lib/auth/second-factor-code.ts";
import { DisableSecondFactorInput } from "#lib/auth/second-factor-schemas.ts";
import { requirePerson } from "#lib/auth/step-up.ts";
import { clearFailures, findSecondFactor, markProof, removeSecondFactor } from "#lib/auth/store/second-factors.ts";
import { reserveSignIn } from "#lib/auth/store/users.ts";
import { wrongPassword } from "#lib/auth/wrong-password.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";

/**
 * Takes the actor's second factor away, for a code and the password. Wrong guesses count like those at the sign-in.
 *
 * @throws ConflictError there is none
 * @throws ForbiddenError code or password are wrong, or the account pauses
 */
export async function disableSecondFactor(ctx: Ctx, input: DisableSecondFactorInput): Promise<void> {
  const actor = requirePerson(ctx);
  const { code, password } = DisableSecondFactorInput.parse(input);
  const user = await findSecondFactor(ctx.db, actor.id);
  if (user?.totpEnrolledAt == null) {
    throw new ConflictError("You have no second factor.", { code: "second_factor_absent" });
  }
  const mayTry = await reserveSignIn(ctx.db, actor.id, ctx.clock.now());
  const known = user.passwordHash === null || (await verifyPassword(user.passwordHash, password ?? ""));
  if (!mayTry || !known) throw wrongPassword("password");
  if (!(await takeCode(ctx, actor.id, code))) throw wrongCode();
  await withTransaction(ctx, async (tx) => {
    await removeSecondFactor(tx.db, actor.id);
    await clearFailures(tx.db, actor.id);
    if (actor.sessionId !== undefined) {
      await markProof(tx.db, { id: actor.sessionId, userId: actor.id }, { secondFactorAt: null });
    }
    audit(tx, { chain: "instance", action: "second_factor.disable", subject: `user:${actor.id}`, detail: {} });
    await forgetSessions(tx, "");
  });
}
