import { breakGlass } from "#lib/approvals/break-glass.ts";
import { commentRequest } from "#lib/approvals/comment-request.ts";
import { evidenceRoutes } from "#lib/approvals/evidence/routes.ts";
import { executeRequest } from "#lib/approvals/execute-request.ts";
import { getRequest } from "#lib/approvals/get-request.ts";
import { ifMatchOf, withETag } from "#lib/approvals/if-match.ts";
import { listRequests } from "#lib/approvals/list-requests.ts";
import { noticeRoutes } from "#lib/approvals/notices/routes.ts";
import { policyRoutes } from "#lib/approvals/policies/routes.ts";
import { requestApproval } from "#lib/approvals/request-approval.ts";
import { resubmitRequest } from "#lib/approvals/resubmit-request.ts";
import { reviewLater } from "#lib/approvals/review-later.ts";
import { reviewRequest } from "#lib/approvals/review-request.ts";
import {
  BreakGlassBody,
  CommentBody,
  LaterReviewBody,
  ListQuery,
  RequestDetail,
  RequestInput,
  RequestPage,
  RequestParams,
  ResubmitBody,
  ReviewBody,
  WithdrawBody,
} from "#lib/approvals/schemas.ts";
import { unreviewRequest } from "#lib/approvals/unreview-request.ts";
import { withdrawRequest } from "#lib/approvals/withdraw-request.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const tag = "Approvals";
const SEEN =
  "Send the request's ETag as If-Match, or the round and digest that you saw: 412 or 409 changed_since if it is another by now.";

export const approvalRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/approvals",
    summary: "List approval requests",
    description: "Newest first. `waiting`: those that wait for your review; `mine`: those that you asked for.",
    tag,
    auth: "approvals:read",
    query: ListQuery,
    response: RequestPage,
    handle: ({ ctx, query }) => listRequests(ctx, query),
  }),
  route({
    method: "post",
    path: "/api/approvals",
    summary: "Ask that a version take a protected stage or alias",
    description: "Freezes everything that will take effect. A version and target have one open request at a time.",
    tag,
    auth: "approvals:request",
    body: RequestInput,
    response: RequestDetail,
    status: 201,
    handle: ({ ctx, body }) => withETag(requestApproval(ctx, body), 201),
  }),
  route({
    method: "get",
    path: "/api/approvals/{id}",
    summary: "A request with its evidence, reviews and what you may do",
    tag,
    auth: "approvals:read",
    params: RequestParams,
    response: RequestDetail,
    handle: ({ ctx, params }) => withETag(getRequest(ctx, params)),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/reviews",
    summary: "Approve, deny, or ask for changes",
    description: SEEN,
    tag,
    auth: "approvals:review",
    params: RequestParams,
    body: ReviewBody,
    response: RequestDetail,
    status: 201,
    handle: ({ ctx, params, body, request }) =>
      withETag(reviewRequest(ctx, { ...params, ...body, ifMatch: ifMatchOf(request) }), 201),
  }),
  route({
    method: "delete",
    path: "/api/approvals/{id}/reviews",
    summary: "Take your reviews of this round back",
    tag,
    auth: "approvals:review",
    params: RequestParams,
    response: RequestDetail,
    handle: ({ ctx, params, request }) => withETag(unreviewRequest(ctx, { ...params, ifMatch: ifMatchOf(request) })),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/comments",
    summary: "Add to the request's thread",
    tag,
    auth: "approvals:request",
    params: RequestParams,
    body: CommentBody,
    response: RequestDetail,
    status: 201,
    handle: ({ ctx, params, body }) => withETag(commentRequest(ctx, { ...params, ...body }), 201),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/resubmit",
    summary: "Ask anew for what is there now",
    description: "A next round: frozen again, with new evidence; earlier reviews count no more.",
    tag,
    auth: "approvals:request",
    params: RequestParams,
    body: ResubmitBody,
    response: RequestDetail,
    handle: ({ ctx, params, body, request }) =>
      withETag(resubmitRequest(ctx, { ...params, ...body, ifMatch: ifMatchOf(request) })),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/withdraw",
    summary: "Take a request back",
    tag,
    auth: "approvals:request",
    params: RequestParams,
    body: WithdrawBody,
    response: RequestDetail,
    handle: ({ ctx, params, body, request }) =>
      withETag(withdrawRequest(ctx, { ...params, ...body, ifMatch: ifMatchOf(request) })),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/execute",
    summary: "Carry out what was approved",
    description: "Once; asked again it answers the same. Needs registry:write as well.",
    tag,
    auth: "approvals:request",
    params: RequestParams,
    response: RequestDetail,
    handle: ({ ctx, params, request }) => withETag(executeRequest(ctx, { ...params, ifMatch: ifMatchOf(request) })),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/break-glass",
    summary: "Approve in an emergency",
    description: "Needs the grant emergency, a reason and a second factor, and is reviewed later by somebody else.",
    tag,
    auth: "approvals:request",
    params: RequestParams,
    body: BreakGlassBody,
    response: RequestDetail,
    handle: ({ ctx, params, body, request }) =>
      withETag(breakGlass(ctx, { ...params, ...body, ifMatch: ifMatchOf(request) })),
  }),
  route({
    method: "post",
    path: "/api/approvals/{id}/later-review",
    summary: "Review afterwards what break-glass let through",
    tag,
    auth: "approvals:review",
    params: RequestParams,
    body: LaterReviewBody,
    response: RequestDetail,
    handle: ({ ctx, params, body }) => withETag(reviewLater(ctx, { ...params, ...body })),
  }),
  ...policyRoutes,
  ...noticeRoutes,
  ...evidenceRoutes,
];
