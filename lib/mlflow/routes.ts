import { artifactRoutes } from "#lib/mlflow/artifact-routes.ts";
import { assessmentRoutes } from "#lib/mlflow/assessment-routes.ts";
import { experimentRoutes } from "#lib/mlflow/experiment-routes.ts";
import { inputRoutes } from "#lib/mlflow/input-routes.ts";
import { loggedModelRoutes } from "#lib/mlflow/logged-model-routes.ts";
import { metricRoutes } from "#lib/mlflow/metric-routes.ts";
import { modelVersionRoutes } from "#lib/mlflow/model-version-routes.ts";
import { probeRoutes } from "#lib/mlflow/probe-routes.ts";
import { registeredModelRoutes } from "#lib/mlflow/registered-model-routes.ts";
import { runRoutes } from "#lib/mlflow/run-routes.ts";
import { searchRoutes } from "#lib/mlflow/search-routes.ts";
import { traceRoutes } from "#lib/mlflow/trace-routes.ts";
import { uploadRoutes } from "#lib/mlflow/upload-routes.ts";
import type { Route } from "#lib/platform/http/route.ts";

/** MLflow's protocol, each route with its twin for MLflow's own pages. */
export const mlflowRoutes: Route[] = withTwins([
  ...probeRoutes,
  ...experimentRoutes,
  ...runRoutes,
  ...inputRoutes,
  ...metricRoutes,
  ...artifactRoutes,
  ...searchRoutes,
  ...uploadRoutes,
  ...registeredModelRoutes,
  ...modelVersionRoutes,
  ...loggedModelRoutes,
  ...traceRoutes,
  ...assessmentRoutes,
]);

/** MLflow's pages ask below `/ajax-api` what its clients ask below `/api`. */
function withTwins(routes: readonly Route[]): Route[] {
  return routes.flatMap((one): Route[] => {
    const path = one.path.replace(/^\/api\//, "/ajax-api/");
    return path === one.path ? [one] : [one, { ...one, path, hidden: true }];
  });
}
