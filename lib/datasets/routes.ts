import { getDatasetVersion, listDatasets } from "#lib/datasets/list-datasets.ts";
import { requestDataset } from "#lib/datasets/request-dataset.ts";
import {
  DatasetList,
  DatasetVersionDetail,
  DatasetVersionParams,
  PrepareBody,
  PrepareReply,
} from "#lib/datasets/schemas.ts";
import { type Route, route } from "#lib/platform/http/route.ts";

const tag = "Datasets";

export const datasetRoutes: Route[] = [
  route({
    method: "get",
    path: "/api/datasets",
    summary: "List datasets and their versions",
    tag,
    auth: "datasets:read",
    response: DatasetList,
    handle: async ({ ctx }) => ({ items: await listDatasets(ctx) }),
  }),
  route({
    method: "get",
    path: "/api/datasets/{name}/versions/{version}",
    summary: "A dataset version with sample images",
    tag,
    auth: "datasets:read",
    params: DatasetVersionParams,
    response: DatasetVersionDetail,
    handle: ({ ctx, params }) => getDatasetVersion(ctx, params),
  }),
  route({
    method: "post",
    path: "/api/datasets/prepare",
    summary: "Fetch or draw a dataset",
    description: "A worker does it; the version appears in the list when it is there.",
    tag,
    auth: "datasets:write",
    body: PrepareBody,
    response: PrepareReply,
    status: 202,
    handle: ({ ctx, body }) => requestDataset(ctx, body),
  }),
];
