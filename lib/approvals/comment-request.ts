import { onRequest } from "#lib/approvals/on-request.ts";
import { digestOfText } from "#lib/approvals/review-request.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { insertComment } from "#lib/approvals/store/reviews.ts";
import { whoIs } from "#lib/approvals/who-may.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";

/** Adds to the request's thread, whatever its state. */
export async function commentRequest(ctx: Ctx, input: { id: string; body: string }): Promise<RequestDetail> {
  requireScope(ctx, "approvals:request");
  const { id, body } = input;
  return onRequest(
    ctx,
    { id },
    {
      event: () => "comment",
      async write({ tx, row, now }) {
        await insertComment(tx, { requestId: id, round: row.round, author: whoIs(tx.actor), body, at: now });
        return { detail: { comment: digestOfText(body) } };
      },
    },
  );
}
