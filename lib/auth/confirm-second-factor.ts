import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { limitGuesses, wrongCode } from "#lib/auth/second-factor-code.ts";
import { ConfirmSecondFactorInput, type RecoveryCodes } from "#lib/auth/second-factor-schemas.ts";
import { requirePerson, requireRecentProof } from "#lib/auth/step-up.ts";
import { confirmSecret, findSecondFactor, markProof } from "#lib/auth/store/second-factors.ts";
import { newRecoveryCodes, openTotpSecret, recoveryHash, stepOf } from "#lib/auth/totp.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError } from "#lib/platform/errors.ts";

/**
 * Turns the offered secret into the actor's second factor, once a code shows that the app has it. From then on the
 * sign-in asks for a code.
 *
 * @throws ConflictError nothing is offered, or it was replaced
 * @throws ForbiddenError the code is wrong, or the last proof of who this is was too long ago
 */
export async function confirmSecondFactor(ctx: Ctx, input: ConfirmSecondFactorInput): Promise<RecoveryCodes> {
  const actor = requirePerson(ctx);
  requireRecentProof(ctx);
  const { code } = ConfirmSecondFactorInput.parse(input);
  const now = ctx.clock.now();
  const user = await findSecondFactor(ctx.db, actor.id);
  if (user?.totpSecret == null || user.totpEnrolledAt !== null) throw nothingOffered();
  const { totpSecret } = user;
  limitGuesses(actor.id);
  const step = stepOf(openTotpSecret(totpSecret, actor.id), code, now);
  if (step === null) throw wrongCode();

  const recoveryCodes = newRecoveryCodes();
  await withTransaction(ctx, async (tx) => {
    const confirmed = await confirmSecret(
      tx.db,
      { userId: actor.id, totpSecret },
      { totpEnrolledAt: now, totpLastStep: step, recoveryCodes: recoveryCodes.map(recoveryHash) },
    );
    if (!confirmed) throw nothingOffered();
    if (actor.sessionId !== undefined) {
      await markProof(tx.db, { id: actor.sessionId, userId: actor.id }, { secondFactorAt: now });
      await forgetSessions(tx, actor.sessionId);
    }
    audit(tx, { chain: "instance", action: "second_factor.enrol", subject: `user:${actor.id}`, detail: {} });
  });
  return { recoveryCodes };
}

function nothingOffered(): ConflictError {
  return new ConflictError("There is no secret to confirm. Begin again with POST /api/second-factor.", {
    code: "second_factor_not_offered",
  });
}
