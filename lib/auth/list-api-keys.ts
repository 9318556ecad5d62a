import type { ApiKeySummary } from "#lib/auth/schemas.ts";
import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import { type ListedKey, listApiKeyRows } from "#lib/auth/store/api-keys.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The newest first, with revoked ones: the project's for its admins, a person's own for everybody else. */
export async function listApiKeys(
  ctx: Ctx,
  input: { q?: string | undefined; mine?: boolean } = {},
): Promise<ApiKeySummary[]> {
  const { actor, projectId } = ctx;
  // A key lists keys as an admin or not at all: it has none of its own.
  if (actor.type !== "user") requireScope(ctx, "admin");
  const own = actor.type === "user" && (input.mine === true || !hasScope(actor.scopes, "admin"));
  const rows = await listApiKeyRows(ctx.db, { projectId, text: input.q, ...(own && { userId: actor.id }) });
  return rows.map(summaryOf);
}

export function summaryOf(row: ListedKey): ApiKeySummary {
  const { id, name, prefix, scopes, models, deployments, perSecond, createdBy, owner } = row;
  return {
    ...{ id, name, prefix, scopes, models, deployments, perSecond, createdBy },
    owner: owner && { id: owner.id, name: owner.name, kind: owner.kind === "service" ? "service" : "person" },
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
