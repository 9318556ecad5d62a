import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { deleteMembership, lockMembership } from "#lib/auth/store/members.ts";
import { findUser } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";

/**
 * Takes a person out of this project: their sessions lose it and their keys in it stop to hold, at once.
 *
 * @throws NotFoundError no such member
 * @throws ConflictError a service account: it is disabled instead
 */
export async function removeMember(ctx: Ctx, input: { userId: string }): Promise<void> {
  requireScope(ctx, "admin");
  const key = { projectId: ctx.projectId, userId: input.userId };
  await withTransaction(ctx, async (tx) => {
    const before = await lockMembership(tx.db, key);
    const user = await findUser(tx.db, input.userId);
    if (before === null || user === null) throw new NotFoundError("The member");
    if (user.kind === "service") {
      throw new ConflictError("A service account stays in its project; disable it instead.", {
        code: "service_account",
      });
    }
    await deleteMembership(tx.db, key);
    audit(tx, {
      ...{ action: "member.remove", subject: `user:${user.id}` },
      detail: { role: before.role, grants: before.grants },
      personal: { email: user.email, name: user.name },
    });
    await forgetSessions(tx, user.id);
  });
}
