import { SESSION_CHANNEL } from "#lib/auth/revoke-session.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { revokeApiKeyRow } from "#lib/auth/store.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";

/**
 * Ends a key for good, on every process.
 *
 * @throws NotFoundError no such key in the project, or revoked already
 */
export async function revokeApiKey(ctx: Ctx, input: { id: string }): Promise<void> {
  requireScope(ctx, "admin");
  await withTransaction(ctx, async (tx) => {
    const key = await revokeApiKeyRow(tx.db, { id: input.id, projectId: ctx.projectId }, ctx.clock.now());
    if (key === null) {
      throw new NotFoundError("The key");
    }
    audit(tx, { action: "api_key.revoke", subject: `api_key:${key.id}`, detail: { name: key.name } });
    await notify(tx.db, SESSION_CHANNEL, key.id);
  });
}
