import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { requireRecentProofOfPerson } from "#lib/auth/step-up.ts";
import { removeSecondFactor } from "#lib/auth/store/second-factors.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Takes a person's second factor away who lost device and recovery codes, and ends their sessions.
 *
 * @throws ForbiddenError a person, whose last proof of who they are was too long ago
 * @throws NotFoundError no such person, or they have none
 */
export async function resetSecondFactor(ctx: Ctx, input: { userId: string }): Promise<void> {
  requireScope(ctx, "instance");
  requireRecentProofOfPerson(ctx);
  await withTransaction(ctx, async (tx) => {
    if (!(await removeSecondFactor(tx.db, input.userId))) {
      throw new NotFoundError("The second factor of that person");
    }
    await revokeSessions(tx.db, { userId: input.userId }, ctx.clock.now());
    audit(tx, { chain: "instance", action: "second_factor.reset", subject: `user:${input.userId}`, detail: {} });
    await forgetSessions(tx, "");
  });
}
