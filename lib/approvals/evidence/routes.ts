import { z } from "zod";
import { requestEvidence } from "#lib/approvals/evidence/request-evidence.ts";
import { RequestParams } from "#lib/approvals/schemas.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

export const evidenceRoutes: Route[] = [
  route({
    method: "post",
    path: "/api/approvals/{id}/evidence",
    summary: "Compute the evidence anew",
    description:
      "A worker runs both versions on the test set again: after a failure, or when a gate finds the evidence too old. 409 once the request is decided.",
    tag: "Approvals",
    auth: "approvals:request",
    params: RequestParams,
    response: z.object({ round: z.int().min(1) }),
    status: 202,
    handle: ({ ctx, params }) => requestEvidence(ctx, { requestId: params.id }),
  }),
];
