import { type Route, route } from "#lib/platform/http/route.ts";
import { getAccuracy } from "#lib/serving/feedback/get-accuracy.ts";
import { giveFeedback } from "#lib/serving/feedback/give-feedback.ts";
import { Accuracy, AccuracyQuery, FeedbackBody, FeedbackReply } from "#lib/serving/feedback/schemas.ts";
import { DeploymentParams } from "#lib/serving/predictions/schemas.ts";

export const feedbackRoutes: Route[] = [
  route({
    method: "post",
    path: "/feedback",
    summary: "Say what answers should have been",
    description:
      "One label, or up to 1,000 as items with an outcome each. Repeating it changes nothing; the last label counts, and null takes it back. Whoever asked labels their own requests; others' need the scope registry:write.",
    tag: "Serving",
    auth: "predict",
    body: FeedbackBody,
    response: FeedbackReply,
    handle: ({ ctx, body }) => giveFeedback(ctx, body),
  }),
  route({
    method: "get",
    path: "/api/deployments/{name}/accuracy",
    summary: "How right a deployment was",
    description:
      "Accuracy with its interval, confusion and calibration of each version, over the answers in the window that somebody labelled.",
    tag: "Serving",
    auth: "registry:read",
    params: DeploymentParams,
    query: AccuracyQuery,
    response: Accuracy,
    handle: ({ ctx, params, query }) => getAccuracy(ctx, { ...params, ...query }),
  }),
];
