import type { SessionSummary } from "#lib/auth/schemas.ts";
import { listSessionRows } from "#lib/auth/store/sessions.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { UnauthenticatedError } from "#lib/platform/errors.ts";

/** The actor's own open sessions, the latest used first. `currentId` marks the one that asks. */
export async function listSessions(ctx: Ctx, input: { currentId?: string | undefined }): Promise<SessionSummary[]> {
  if (ctx.actor.type !== "user") {
    throw new UnauthenticatedError("Only a signed-in person has sessions.");
  }
  const rows = await listSessionRows(ctx.db, ctx.actor.id, ctx.clock.now());
  return rows.map((row) => ({
    id: row.id,
    current: row.id === input.currentId,
    method: row.method === "oidc" ? "oidc" : "password",
    createdAt: row.createdAt.toISOString(),
    lastSeenAt: row.lastSeenAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    ip: row.ip,
    userAgent: row.userAgent,
  }));
}
