import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { UpdateServiceAccountInput } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { findServiceAccount } from "#lib/auth/store/service-accounts.ts";
import { updateUserRow } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * Disables or enables a service account of this project; its keys do not hold as long as it is disabled.
 *
 * @throws NotFoundError no such service account in the project
 */
export async function updateServiceAccount(ctx: Ctx, input: { id: string } & UpdateServiceAccountInput): Promise<void> {
  requireScope(ctx, "admin");
  const { id, ...rest } = input;
  const { disabled } = UpdateServiceAccountInput.parse(rest);
  await withTransaction(ctx, async (tx) => {
    const account = await findServiceAccount(tx.db, { id, projectId: ctx.projectId });
    if (account === null) throw new NotFoundError("The service account");
    const before = account.disabledAt !== null;
    if (before !== disabled) await updateUserRow(tx.db, id, { disabledAt: disabled ? ctx.clock.now() : null });
    audit(tx, {
      ...{ action: "service_account.update", subject: `user:${id}` },
      detail: { name: account.name, before: { disabled: before }, after: { disabled } },
    });
    await forgetSessions(tx, id);
  });
}
