import { type Route, route } from "#lib/platform/http/route.ts";
import { PageQuery } from "#lib/platform/pagination.ts";
import { createDeployment } from "#lib/serving/deployments/create-deployment.ts";
import { deleteDeployment } from "#lib/serving/deployments/delete-deployment.ts";
import { getActivity, getDeployment, getTrafficHistory } from "#lib/serving/deployments/get-deployment.ts";
import { listDeployments } from "#lib/serving/deployments/list-deployments.ts";
import {
  CreateDeploymentBody,
  Deployment,
  DeploymentActivity,
  DeploymentList,
  DeploymentParams,
  ReasonQuery,
  TrafficBody,
  TrafficHistory,
  UpdateDeploymentBody,
} from "#lib/serving/deployments/schemas.ts";
import { setTraffic } from "#lib/serving/deployments/set-traffic.ts";
import { updateDeployment } from "#lib/serving/deployments/update-deployment.ts";

const tag = "Deployments";

export const deploymentRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/deployments",
    summary: "List deployments",
    tag,
    auth: "registry:read",
    response: DeploymentList,
    handle: async ({ ctx }) => ({ items: await listDeployments(ctx) }),
  }),
  route({
    method: "post",
    path: "/api/deployments",
    summary: "Make a deployment",
    description: "A project's first one becomes its default: the one that `/predict` means.",
    tag,
    auth: "admin",
    body: CreateDeploymentBody,
    response: Deployment,
    status: 201,
    handle: ({ ctx, body }) => createDeployment(ctx, body),
  }),
  route({
    method: "get",
    path: "/api/deployments/{name}",
    summary: "A deployment with its traffic table",
    tag,
    auth: "registry:read",
    params: DeploymentParams,
    response: Deployment,
    handle: ({ ctx, params }) => getDeployment(ctx, params),
  }),
  route({
    method: "patch",
    path: "/api/deployments/{name}",
    summary: "Change who may ask a deployment, or make it the default",
    tag,
    auth: "admin",
    params: DeploymentParams,
    body: UpdateDeploymentBody,
    response: Deployment,
    handle: ({ ctx, params, body }) => updateDeployment(ctx, { ...params, ...body }),
  }),
  route({
    method: "put",
    path: "/api/deployments/{name}/traffic",
    summary: "Set who answers, with what weight, and who mirrors",
    description:
      "Every process has the new table within a second; no request is dropped or sees two tables. Where a policy protects the model's Production only versions that an approval put there answer: others 403 approval_required.",
    tag,
    auth: "admin",
    params: DeploymentParams,
    body: TrafficBody,
    response: Deployment,
    handle: ({ ctx, params, body }) => setTraffic(ctx, { ...params, ...body }),
  }),
  route({
    method: "get",
    path: "/api/deployments/{name}/traffic",
    summary: "Every traffic table of a deployment, newest first",
    tag,
    auth: "registry:read",
    params: DeploymentParams,
    query: PageQuery,
    response: TrafficHistory,
    handle: ({ ctx, params, query }) => getTrafficHistory(ctx, { ...params, ...query }),
  }),
  route({
    method: "get",
    path: "/api/deployments/{name}/activity",
    summary: "What each version answered within a day, and how shadows compared",
    tag,
    auth: "registry:read",
    params: DeploymentParams,
    response: DeploymentActivity,
    handle: ({ ctx, params }) => getActivity(ctx, params),
  }),
  route({
    method: "delete",
    path: "/api/deployments/{name}",
    summary: "End a deployment",
    description: "What it answered stays in the log. The default one goes last.",
    tag,
    auth: "admin",
    params: DeploymentParams,
    query: ReasonQuery,
    status: 204,
    handle: ({ ctx, params, query }) =>
      deleteDeployment(ctx, { ...params, ...(query.reason !== undefined && { reason: query.reason }) }),
  }),
];
