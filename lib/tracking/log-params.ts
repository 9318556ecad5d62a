import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, InvalidError } from "#lib/platform/errors.ts";
import { notify } from "#lib/platform/notify.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { EntryKey } from "#lib/tracking/schemas.ts";
import { insertParams } from "#lib/tracking/store/entries.ts";

/**
 * Adds params. All of them or none.
 *
 * @throws InvalidError  a key that is not allowed, or a value over 6,000 characters
 * @throws ConflictError a param is there with another value, or the run is deleted
 * @throws NotFoundError no such run
 */
export async function logParams(ctx: Ctx, input: { runId: string; params: Record<string, string> }): Promise<void> {
  requireScope(ctx, "tracking:write");
  const params = Object.entries(input.params);
  for (const [key, value] of params) {
    if (!EntryKey.safeParse(key).success || value.length > 6_000) {
      throw new InvalidError(`The param "${key.slice(0, 80)}" is not allowed.`, {
        details: [
          {
            field: `params.${key.slice(0, 80)}`,
            problem: "name or length not allowed",
            remedy:
              "Use 1 to 250 letters, digits, _ . - / : and spaces as name, and at most 6,000 characters as value.",
          },
        ],
      });
    }
  }
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    const clashes = await insertParams(tx, run.id, params);
    if (clashes.length > 0) {
      throw new ConflictError(`Params never change, and ${clashes.join(", ")} would.`, { code: "param_changed" });
    }
    await notify(tx.db, "assay_run", run.id);
  });
}
