import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { UpdateUserInput } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { requireRecentProofOfPerson } from "#lib/auth/step-up.ts";
import { revokeInvitationsOf } from "#lib/auth/store/invitations.ts";
import { revokeSessions } from "#lib/auth/store/sessions.ts";
import { findUser, lockActiveAdmins, updateUserRow } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";

/**
 * Makes a person an admin of the instance or no longer one, disables or enables them. Disabling ends their sessions and
 * open invitations for good; their keys do not hold as long as they are disabled.
 *
 * @throws ForbiddenError a person, whose last proof of who they are was too long ago
 * @throws NotFoundError no such person
 * @throws ConflictError nobody would be left to administer the instance
 */
export async function updateUser(ctx: Ctx, input: { id: string } & UpdateUserInput): Promise<void> {
  requireScope(ctx, "instance");
  requireRecentProofOfPerson(ctx);
  const { id, ...rest } = input;
  const { role, disabled } = UpdateUserInput.parse(rest);
  await withTransaction(ctx, async (tx) => {
    const admins = await lockActiveAdmins(tx.db);
    const before = await findUser(tx.db, id);
    if (before === null || before.kind !== "person") throw new NotFoundError("The person");
    if ((role === "user" || disabled === true) && admins.length === 1 && admins[0] === id) {
      throw new ConflictError("This is the last admin of the instance.", {
        code: "last_admin",
        details: [{ field: "role", problem: "the last one", remedy: "Make somebody else an admin first." }],
      });
    }
    const now = ctx.clock.now();
    const wasDisabled = before.disabledAt !== null;
    await updateUserRow(tx.db, id, {
      ...(role !== undefined && { role }),
      ...(disabled !== undefined && disabled !== wasDisabled && { disabledAt: disabled ? now : null }),
    });
    if (disabled === true) {
      await revokeSessions(tx.db, { userId: id }, now);
      await revokeInvitationsOf(tx.db, `user:${id}`, now);
    }
    audit(tx, {
      ...{ chain: "instance", action: "user.update", subject: `user:${id}` },
      detail: { before: { role: before.role, disabled: wasDisabled }, after: { role, disabled } },
      personal: { email: before.email, name: before.name },
    });
    await forgetSessions(tx, id);
  });
}
