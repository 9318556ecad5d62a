import { z } from "@hono/zod-openapi";
import { approvalFacts } from "#lib/api/approval-facts.ts";
import { apiDocument } from "#lib/api/document.ts";
import { platformRoutes } from "#lib/api/platform-routes.ts";
import { approvalRoutes } from "#lib/approvals/routes.ts";
import { authRoutes } from "#lib/auth/routes.ts";
import { datasetRoutes } from "#lib/datasets/routes.ts";
import { mlflowRoutes } from "#lib/mlflow/routes.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { recordRoutes } from "#lib/record/routes.ts";
import { registryRoutes } from "#lib/registry/routes.ts";
import { feedbackRoutes } from "#lib/serving/feedback/routes.ts";
import { predictionRoutes } from "#lib/serving/predictions/routes.ts";
import { servingRoutes } from "#lib/serving/routes.ts";
import { inferenceRoutes } from "#lib/serving/v2/routes.ts";
import { exportRoutes } from "#lib/tracking/export/routes.ts";
import { trackingRoutes } from "#lib/tracking/routes.ts";
import { trainingRoutes } from "#lib/training/routes.ts";

/** Every REST route of Assay, whichever host answers it. */
export const apiRoutes: readonly Route[] = [
  ...platformRoutes,
  route({
    method: "get",
    path: "/api/openapi.json",
    summary: "The API's own description",
    tag: "Platform",
    auth: "public",
    response: z.looseObject({ openapi: z.string() }).meta({ id: "OpenApiDocument" }),
    handle: () => apiDocument(apiRoutes),
  }),
  ...authRoutes,
  ...datasetRoutes,
  // Before `/api/runs/{id}`, which would take its path.
  ...exportRoutes,
  ...trackingRoutes,
  ...trainingRoutes,
  ...registryRoutes,
  ...recordRoutes(approvalFacts),
  ...servingRoutes,
  ...inferenceRoutes,
  ...predictionRoutes,
  ...feedbackRoutes,
  ...approvalRoutes,
  ...mlflowRoutes,
];
