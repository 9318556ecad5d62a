import { CreateServiceAccountInput, type ServiceAccount } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { upsertMembership } from "#lib/auth/store/members.ts";
import { insertUser } from "#lib/auth/store/users.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { newId } from "#lib/platform/ids.ts";

/** Makes an account for a program in this project. It cannot sign in; it acts by keys that admins make for it. */
export async function createServiceAccount(ctx: Ctx, input: CreateServiceAccountInput): Promise<ServiceAccount> {
  requireScope(ctx, "admin");
  const { name, role } = CreateServiceAccountInput.parse(input);
  const id = newId("svc");
  // Addresses are unique; `.invalid` is nobody's by RFC 2606.
  const email = `${id.toLowerCase()}@service.invalid`;
  return withTransaction(ctx, async (tx) => {
    const user = await insertUser(tx.db, { id, email, name, role: "user", kind: "service" });
    await upsertMembership(tx.db, { projectId: ctx.projectId, userId: id }, { role, grants: [] });
    audit(tx, { action: "service_account.create", subject: `user:${id}`, detail: { name, role } });
    return { id, name, role, disabledAt: null, keys: 0, createdAt: user.createdAt.toISOString() };
  });
}
