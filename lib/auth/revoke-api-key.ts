import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import { revokeApiKeyRow } from "#lib/auth/store/api-keys.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Ends a key for good, on every process: one's own, or as an admin any of the project.
 *
 * @throws NotFoundError no such key, not the actor's to end, or revoked already
 */
export async function revokeApiKey(ctx: Ctx, input: { id: string }): Promise<void> {
  const { actor, projectId } = ctx;
  if (actor.type !== "user") requireScope(ctx, "admin");
  const own = actor.type === "user" && !hasScope(actor.scopes, "admin");
  const which = { id: input.id, projectId, ...(own && { userId: actor.id }) };
  await withTransaction(ctx, async (tx) => {
    const key = await revokeApiKeyRow(tx.db, which, ctx.clock.now());
    if (key === null) {
      throw new NotFoundError("The key");
    }
    audit(tx, { action: "api_key.revoke", subject: `api_key:${key.id}`, detail: { name: key.name } });
    await forgetSessions(tx, key.id);
  });
}
