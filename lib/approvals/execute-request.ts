import { carryOut } from "#lib/approvals/carry-out.ts";
import { claimRequest } from "#lib/approvals/claim-request.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import type { Seen } from "#lib/approvals/refusals.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/**
 * Carries out what was approved, once. Asked again, it answers the same. A failure is the request's state, with its error.
 *
 * @throws ForbiddenError only who asked, the system, or whoever broke the glass
 * @throws ConflictError  it is not approved, expired, or does not hold any more
 */
export async function executeRequest(ctx: Ctx, input: { id: string } & Seen): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  requireScope(ctx, "registry:write");
  const claimed = await claimRequest(ctx, input);
  if (claimed.state !== "executing") return claimed;
  await carryOut(ctx, input);
  return getRequest(ctx, { id: input.id });
}
