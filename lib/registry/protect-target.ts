import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { deleteProtection, insertProtection, lockModels, selectApprovedMove } from "#lib/registry/store/protection.ts";

/**
 * Protects a target of a model, or of every model with `*`, or lets go of it. The registry only obeys: the policy and its
 * audit row are the caller's. Moves under way end first.
 *
 * @param input.policyId null: no policy protects it any more
 */
export async function setProtection(
  ctx: Ctx,
  input: { modelName: string; target: string; policyId: string | null },
): Promise<void> {
  requireScope(ctx, "admin");
  await withTransaction(ctx, async (tx) => {
    await lockModels(tx, input.modelName);
    if (input.policyId === null) {
      await deleteProtection(tx, input.modelName, input.target);
    } else {
      await insertProtection(tx, input.modelName, input.target, input.policyId);
    }
  });
}

/** Whether a version was moved on this approval: what a reconciler asks after a crash. Unguarded. */
export async function wasMovedBy(ctx: Ctx, input: { approvalId: string }): Promise<boolean> {
  return selectApprovedMove(ctx, input.approvalId);
}
