import { type Route, route } from "#lib/platform/http/route.ts";
import { batchPredict } from "#lib/serving/batch-predict.ts";
import { openDefaultDeployment } from "#lib/serving/default-deployment.ts";
import { getPredictionStats } from "#lib/serving/get-prediction-stats.ts";
import { predict } from "#lib/serving/predict.ts";
import {
  BatchPredictBody,
  BatchPredictReply,
  PredictBody,
  PredictionStats,
  PredictReply,
} from "#lib/serving/schemas.ts";

export const servingRoutes: Route[] = [
  route({
    method: "post",
    path: "/predict",
    summary: "Recognise one digit",
    description:
      "Answers with the Production version of the default deployment's model. An image of any size and either polarity goes through the same preprocessing as the drawing pad; pixels are taken as they are.",
    tag: "Serving",
    auth: "predict",
    // The deployment's access rule comes before the body.
    guard: async ({ ctx }) => void (await openDefaultDeployment(ctx)),
    body: PredictBody,
    response: PredictReply,
    handle: ({ ctx, body }) => predict(ctx, body),
  }),
  route({
    method: "post",
    path: "/batch-predict",
    summary: "Recognise up to 1,000 digits",
    description: "One version answers all items; a bad item is reported in its place.",
    tag: "Serving",
    auth: "serving:predict",
    body: BatchPredictBody,
    response: BatchPredictReply,
    handle: ({ ctx, body }) => batchPredict(ctx, body),
  }),
  route({
    method: "get",
    path: "/api/predictions/stats",
    summary: "Predictions of today",
    tag: "Serving",
    auth: "registry:read",
    response: PredictionStats,
    handle: ({ ctx }) => getPredictionStats(ctx),
  }),
];
