import { onRequest } from "#lib/approvals/on-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import { digestOfText } from "#lib/approvals/review-request.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { requireRequester } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * Takes a request back before it is carried out.
 *
 * @throws ForbiddenError neither who asked nor an admin
 * @throws ConflictError  it is being carried out, or over
 */
export async function withdrawRequest(
  ctx: Ctx,
  input: { id: string; reason?: string | undefined } & Seen,
): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  return onRequest(ctx, input, {
    event({ tx, row }) {
      requireRequester(row, tx.actor, { orAdmin: true });
      return "withdraw";
    },
    write: () => ({ detail: { reason: digestOfText(input.reason ?? "") } }),
  });
}
