import { hasScope, requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { labelActors } from "#lib/record/label-actors.ts";
import type { AuditEventRow, ChainChoice } from "#lib/record/schemas.ts";
import type { EventRow } from "#lib/record/store/events.ts";

/**
 * The chain that a reader asks for: the project's with `audit:read`, the instance's with `instance`.
 *
 * @throws ForbiddenError
 */
export function openChain(ctx: Ctx, choice: ChainChoice): string {
  requireScope(ctx, choice === "instance" ? "instance" : "audit:read");
  return choice === "instance" ? "instance" : `project:${ctx.projectId}`;
}

/** Rows as they are shown: with names, and with personal details for admins only. */
export async function toAuditRows(ctx: Ctx, rows: readonly EventRow[]): Promise<AuditEventRow[]> {
  const label = await labelActors(
    ctx,
    rows.map((row) => row.actor),
  );
  const seesPersons = hasScope(ctx.actor.scopes, "admin") || hasScope(ctx.actor.scopes, "instance");
  return rows.map(({ at, personalId, personalBody, personalErasedAt, ...row }) => ({
    ...row,
    at: at.toISOString(),
    actorLabel: label(row.actor),
    personal:
      personalId === null
        ? null
        : {
            id: personalId,
            body: seesPersons ? personalBody : null,
            erasedAt: personalErasedAt?.toISOString() ?? null,
          },
  }));
}
