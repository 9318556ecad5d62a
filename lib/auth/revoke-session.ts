import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { requireSessionsOf } from "#lib/auth/list-sessions.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Ends one of the actor's own sessions: signing out, or signing another browser out. With the scope `instance` any
 * person's.
 *
 * @throws NotFoundError no such open session of that person's
 */
export async function revokeSession(ctx: Ctx, input: { id: string; userId?: string | undefined }): Promise<void> {
  const userId = requireSessionsOf(ctx, input.userId);
  await withTransaction(ctx, async (tx) => {
    const [id] = await revokeSessions(tx.db, { userId, id: input.id }, ctx.clock.now());
    if (id === undefined) {
      throw new NotFoundError("The session");
    }
    audit(tx, { chain: "instance", action: "session.revoke", subject: `user:${userId}`, detail: { session: id } });
    await forgetSessions(tx, id);
  });
}
