import { type Route, route } from "#lib/platform/http/route.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { deploymentRoutes } from "#lib/serving/deployments/routes.ts";
import { PredictParams } from "#lib/serving/deployments/schemas.ts";
import { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
import { openDeployment } from "#lib/serving/open-deployment.ts";
import { predict } from "#lib/serving/predict.ts";
import {
  BatchPredictBody,
  BatchPredictReply,
  PredictBody,
  PredictionStats,
  PredictReply,
} from "#lib/serving/schemas.ts";

const tag = "Serving";
const STICKY = "Callers keep to a version by the header X-Assay-Unit, the cookie assay_unit, or by who they are.";

export const servingRoutes: Route[] = [
  route({
    method: "post",
    path: "/predict",
    summary: "Recognise one digit",
    description:
      "Answers by the default deployment. An image of any size and either polarity goes through the same preprocessing as the drawing pad; pixels are taken as they are.",
    tag,
    auth: "predict",
    // The deployment's access rule comes before the body.
    guard: async ({ ctx }) => void (await openDeployment(ctx)),
    body: PredictBody,
    response: PredictReply,
    handle: ({ ctx, body, request }) => predict(ctx, body, { headers: request.headers }),
  }),
  route({
    method: "post",
    path: "/predict/{deployment}",
    summary: "Recognise one digit by a deployment",
    description: `Answers with the version that the deployment's traffic table gives the caller. ${STICKY}`,
    tag,
    auth: "predict",
    params: PredictParams,
    guard: async ({ ctx, params }) => void (await openDeployment(ctx, PredictParams.parse(params).deployment)),
    body: PredictBody,
    response: PredictReply,
    handle: ({ ctx, params, body, request }) => predict(ctx, body, { ...params, headers: request.headers }),
  }),
  route({
    method: "post",
    path: "/batch-predict",
    summary: "Recognise up to 1,000 digits",
    description: "One version of the default deployment answers all items; a bad item is reported in its place.",
    tag,
    auth: "serving:predict",
    body: BatchPredictBody,
    response: BatchPredictReply,
    handle: ({ ctx, body, request }) => batchPredict(ctx, body, { headers: request.headers }),
  }),
  route({
    method: "post",
    path: "/batch-predict/{deployment}",
    summary: "Recognise up to 1,000 digits by a deployment",
    description: `One version answers all items; a bad item is reported in its place. ${STICKY}`,
    tag,
    auth: "serving:predict",
    params: PredictParams,
    body: BatchPredictBody,
    response: BatchPredictReply,
    handle: ({ ctx, params, body, request }) => batchPredict(ctx, body, { ...params, headers: request.headers }),
  }),
  route({
    method: "get",
    path: "/api/predictions/stats",
    summary: "Predictions of today",
    tag,
    auth: "registry:read",
    response: PredictionStats,
    handle: ({ ctx }) => getPredictionStats(ctx),
  }),
  ...deploymentRoutes,
];
