import { type Route, route } from "#lib/platform/http/route.ts";
import { listPredictions } from "#lib/serving/predictions/list-predictions.ts";
import { DeploymentParams, PredictionPage, PredictionQuery } from "#lib/serving/predictions/schemas.ts";

export const predictionRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/deployments/{name}/predictions",
    summary: "What a deployment answered",
    description: "Newest first, with the label where somebody gave one, and the input where the policy keeps it.",
    tag: "Serving",
    auth: "registry:read",
    params: DeploymentParams,
    query: PredictionQuery,
    response: PredictionPage,
    handle: ({ ctx, params, query }) => listPredictions(ctx, { ...params, ...query }),
  }),
];
