import { requireScope } from "#lib/auth/scopes.ts";
import { findUserByEmail } from "#lib/auth/store/users.ts";
import { updateUser } from "#lib/auth/update-user.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { NotFoundError } from "#lib/platform/errors.ts";

/**
 * For recovery from the machine's own terminal: makes an account an admin of the instance, and enables it.
 *
 * @throws NotFoundError no such account
 */
export async function grantAdmin(ctx: Ctx, input: { email: string }): Promise<{ email: string }> {
  requireScope(ctx, "instance");
  return withTransaction(ctx, async (tx) => {
    const user = await findUserByEmail(tx.db, input.email.trim().toLowerCase());
    if (user === null) throw new NotFoundError(`The account ${input.email}`);
    await updateUser(tx, { id: user.id, role: "admin", disabled: false });
    return { email: user.email };
  });
}
