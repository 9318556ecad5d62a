import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { requirePerson } from "#lib/auth/step-up.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";

/**
 * Ends every session of the actor but the one that asks; none other is fine too.
 *
 * @throws UnauthenticatedError not a person with a session
 */
export async function revokeOtherSessions(ctx: Ctx): Promise<void> {
  const { id, sessionId } = requirePerson(ctx);
  await withTransaction(ctx, async (tx) => {
    const sessions = await revokeSessions(tx.db, { userId: id, except: sessionId }, ctx.clock.now());
    audit(tx, { chain: "instance", action: "session.revoke_others", subject: `user:${id}`, detail: { sessions } });
    await forgetSessions(tx, id);
  });
}
