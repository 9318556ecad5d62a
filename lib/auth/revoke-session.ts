import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError, UnauthenticatedError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";

/** Tells every process which session or key no longer holds; empty when a connection was lost in between. */
export const SESSION_CHANNEL = "assay_session";

/**
 * Ends one of the actor's own sessions: signing out, or signing another browser out.
 *
 * @throws NotFoundError no such open session of the actor's
 */
export async function revokeSession(ctx: Ctx, input: { id: string }): Promise<void> {
  const { actor } = ctx;
  if (actor.type !== "user") {
    throw new UnauthenticatedError("Only a signed-in person has sessions.");
  }
  await withTransaction(ctx, async (tx) => {
    const [id] = await revokeSessions(tx.db, { userId: actor.id, id: input.id }, ctx.clock.now());
    if (id === undefined) {
      throw new NotFoundError("The session");
    }
    audit(tx, { chain: "instance", action: "session.revoke", subject: `user:${actor.id}`, detail: { session: id } });
    await notify(tx.db, SESSION_CHANNEL, id);
  });
}
