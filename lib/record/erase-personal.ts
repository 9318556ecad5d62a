import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";
import { clearPersonal } from "#lib/record/store/events.ts";

/**
 * Erases the personal details of one event: body and salt, for ever. The chain keeps their commitment and stays valid;
 * that they were erased, by whom and why is itself on record. Erasing twice changes nothing.
 *
 * @throws NotFoundError there are no such details
 */
export async function erasePersonal(ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  requireScope(ctx, "instance");
  await withTransaction(ctx, async (tx) => {
    const erased = await clearPersonal(tx, input.id);
    if (erased === "missing") {
      throw new NotFoundError(`Personal details ${input.id}`);
    }
    if (erased === "now") {
      const { id, reason } = input;
      audit(tx, { chain: "instance", action: "audit.erase_personal", subject: `personal:${id}`, detail: { reason } });
    }
  });
}
