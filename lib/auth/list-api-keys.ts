import type { ApiKeySummary } from "#lib/auth/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { type ApiKeyRow, listApiKeyRows } from "#lib/auth/store.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** The project's keys, the newest first, with revoked ones. */
export async function listApiKeys(ctx: Ctx): Promise<ApiKeySummary[]> {
  requireScope(ctx, "admin");
  return (await listApiKeyRows(ctx.db, ctx.projectId)).map(summaryOf);
}

export function summaryOf(row: ApiKeyRow): ApiKeySummary {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: row.scopes,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    expiresAt: row.expiresAt?.toISOString() ?? null,
    revokedAt: row.revokedAt?.toISOString() ?? null,
    lastUsedAt: row.lastUsedAt?.toISOString() ?? null,
  };
}
