import type { Standing } from "#lib/approvals/eligibility.ts";
import type { Permissions } from "#lib/approvals/schemas.ts";
import { REQUEST_TRANSITIONS, type RequestEvent, type RequestState } from "#lib/approvals/status.ts";
import type { RequestRow } from "#lib/approvals/store/requests.ts";
import type { ReviewRow } from "#lib/approvals/store/reviews.ts";
import { askedFor, hasReviewed } from "#lib/approvals/summarise.ts";
import { isRequester, whyNotReviewer } from "#lib/approvals/who-may.ts";
import { hasScope } from "#lib/auth/scopes.ts";
import type { Actor } from "#lib/platform/ctx.ts";

/** What somebody may do with a request as it stands; the verbs decide anew. */
export function permissionsOf(
  row: RequestRow,
  reviews: readonly ReviewRow[],
  viewer: { actor: Actor; standing: Standing | undefined; state: RequestState },
): Permissions {
  const { actor, standing, state } = viewer;
  const takes = (event: RequestEvent) => !["refuse", "ignore", "same"].includes(REQUEST_TRANSITIONS[event][state]);
  const has = (scope: string) => hasScope(actor.scopes, scope);
  const asked = askedFor(row, standing);
  const isMine = isRequester(row, actor);
  const isPerson = actor.type === "user" || standing?.kind === "service";
  const review = takes("approve") && has("approvals:review") && isPerson && asked.length > 0;
  return {
    review,
    asked,
    whyNot: review ? null : whyNotReview(row, viewer, takes("approve")),
    unreview: takes("unreview") && hasReviewed(row, reviews, standing),
    resubmit: takes("resubmit") && isMine && has("approvals:request"),
    withdraw: takes("withdraw") && has("approvals:request") && (isMine || has("admin")),
    execute: takes("execute") && has("approvals:request") && has("registry:write") && mayExecute(row, reviews, actor),
    breakGlass:
      takes("break_glass") &&
      row.policy.body.breakGlass.allowed &&
      actor.type === "user" &&
      standing?.role != null &&
      standing.grants.includes("emergency"),
    laterReview: row.reviewDueAt !== null && asked.length > 0 && breakerOf(row, reviews) !== standing?.id,
  };
}

function whyNotReview(
  row: RequestRow,
  { actor, standing, state }: { actor: Actor; standing: Standing | undefined; state: RequestState },
  takesReviews: boolean,
): string {
  if (!takesReviews) return `The request is ${state.replace("_", " ")}.`;
  const why = whyNotReviewer(row, standing)?.why;
  if (why !== undefined) return why;
  return actor.type === "user" ? "Your role does not review." : "People review signed in, not with an API key.";
}

/** Who broke the glass, newest first; undefined: nobody did. */
export function breakerOf(row: Pick<RequestRow, "id">, reviews: readonly ReviewRow[]): string | undefined {
  return reviews.findLast((review) => review.requestId === row.id && review.roles.emergency === true)?.reviewer;
}

/** Who asked carries it out; or the system; or whoever broke the glass for it. */
export function mayExecute(row: RequestRow, reviews: readonly ReviewRow[], actor: Actor): boolean {
  if (isRequester(row, actor)) return true;
  if (actor.type === "system") return actor.id === "approvals";
  return row.emergency && actor.type === "user" && breakerOf(row, reviews) === actor.id;
}
