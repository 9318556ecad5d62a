import { forgetSessions } from "#lib/auth/forget-sessions.ts";
import { SetMemberInput } from "#lib/auth/schemas.ts";
import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import { lockMembership, upsertMembership } from "#lib/auth/store/members.ts";
import { findUser, type UserRow } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";

/**
 * Sets what a member may do in this project; absent grants stay. An admin of the instance may take in anybody who has an
 * account; a project's admin invites. It holds from the next request on.
 *
 * @throws NotFoundError nobody in this project
 * @throws InvalidError  a grant for a service account: those are for people
 */
export async function setMember(ctx: Ctx, input: { userId: string } & SetMemberInput): Promise<void> {
  requireScope(ctx, "admin");
  const { userId, ...rest } = input;
  const { role, grants: wanted } = SetMemberInput.parse(rest);
  const key = { projectId: ctx.projectId, userId };
  await withTransaction(ctx, async (tx) => {
    const user = await findUser(tx.db, userId);
    const before = await lockMembership(tx.db, key);
    if (user === null || (before === null && !mayTakeIn(ctx, user))) throw new NotFoundError("The member");
    if (user.kind === "service" && wanted !== undefined && wanted.length > 0) {
      throw new InvalidError("Grants are for people.", {
        details: [{ field: "grants", problem: "a service account", remedy: "Give them to a person." }],
      });
    }
    const grants = wanted ?? before?.grants ?? [];
    await upsertMembership(tx.db, key, { role, grants });
    audit(tx, {
      ...{ action: before === null ? "member.add" : "member.update", subject: `user:${userId}` },
      detail: { before: before && { role: before.role, grants: before.grants }, after: { role, grants } },
      personal: { email: user.email, name: user.name },
    });
    await forgetSessions(tx, userId);
  });
}

/** Admins of the instance are in every project, so that a grant of theirs may begin with no membership. */
function mayTakeIn(ctx: Ctx, user: UserRow): boolean {
  return user.kind === "person" && (user.role === "admin" || hasScope(ctx.actor.scopes, "instance"));
}
