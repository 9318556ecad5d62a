import { z } from "zod";
import { WireExperiment } from "#lib/mlflow/wire/experiment.ts";
import { WireLoggedModel } from "#lib/mlflow/wire/logged-model.ts";
import { WireModelVersion, WireRegisteredModel } from "#lib/mlflow/wire/registered.ts";
import { WireRun } from "#lib/mlflow/wire/run.ts";
import { foundReply, Ids, searchFields, View } from "#lib/mlflow/wire/search.ts";
import { requiredText, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { searchModels } from "#lib/registry/search-models.ts";
import { searchVersions } from "#lib/registry/search-versions.ts";
import { searchDatasets } from "#lib/tracking/search-datasets.ts";
import { searchExperiments } from "#lib/tracking/search-experiments.ts";
import { searchLoggedModels } from "#lib/tracking/search-logged-models.ts";
import { searchRuns } from "#lib/tracking/search-runs.ts";

const base = "/api/2.0/mlflow";
const OnDataset = z.looseObject({
  dataset_name: z.string().min(1, "`dataset_name` in the `datasets` clause must be specified."),
  dataset_digest: z.string().nullish(),
});

const experimentSearch = z.looseObject({ view_type: View, ...searchFields(1_000, 50_000) });
const experiments = {
  path: `${base}/experiments/search`,
  tag: "MLflow: experiments",
  auth: "tracking:read",
  response: z.object({ experiments: z.array(WireExperiment).optional(), next_page_token: z.string().optional() }),
} as const;

const nextPage = { next_page_token: z.string().optional() };

export const searchRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/runs/search`,
    summary: "Search runs",
    description: [
      "`filter` compares `metrics.<key>`, `params.<key>`, `tags.<key>`, attributes such as `status`, and `dataset.name`,",
      "`.digest` and `.context`, with `AND`, and beyond MLflow with `OR`, parentheses, `IN` on every text, and",
      "`metrics.<key>@min` or `@max` for the lowest and highest of all points.",
      "`order_by` is a list of fields with `ASC` or `DESC`.",
    ].join(" "),
    tag: "MLflow: runs",
    auth: "tracking:read",
    body: z.looseObject({ experiment_ids: Ids, run_view_type: View, ...searchFields(1_000, 50_000) }),
    response: z.object({ runs: z.array(WireRun).optional(), ...nextPage }),
    handle: async ({ ctx, body }) =>
      foundReply(
        "runs",
        await searchRuns(ctx, {
          ...toSearch(body),
          experimentIds: body.experiment_ids,
          lifecycle: body.run_view_type,
        }),
      ),
  }),
  route({
    ...experiments,
    method: "post",
    summary: "Search experiments",
    body: experimentSearch,
    handle: ({ ctx, body }) => findExperiments(ctx, body),
  }),
  route({
    ...experiments,
    method: "get",
    summary: "Search experiments, asked for by a query",
    query: experimentSearch,
    handle: ({ ctx, query }) => findExperiments(ctx, query),
  }),
  route({
    method: "post",
    path: `${base}/experiments/search-datasets`,
    summary: "The datasets that runs of experiments used",
    tag: "MLflow: experiments",
    auth: "tracking:read",
    body: z.looseObject({ experiment_ids: Ids }),
    response: z.object({
      dataset_summaries: z
        .array(
          z.object({ experiment_id: z.string(), name: z.string(), digest: z.string(), context: z.string().optional() }),
        )
        .optional(),
    }),
    handle: async ({ ctx, body }) => {
      const found = await searchDatasets(ctx, { experimentIds: body.experiment_ids });
      return unlessEmpty(
        "dataset_summaries",
        found.map(({ experimentId, name, digest, context }) => ({
          experiment_id: experimentId,
          name,
          digest,
          ...(context !== null && { context }),
        })),
      );
    },
  }),
  route({
    method: "get",
    path: `${base}/registered-models/search`,
    summary: "Search registered models",
    description: "Prompts are left out, unless the filter asks for `tags.mlflow.prompt.is_prompt`.",
    tag: "MLflow: registered models",
    auth: "registry:read",
    query: z.looseObject(searchFields(100, 1_000)),
    response: z.object({ registered_models: z.array(WireRegisteredModel).optional(), ...nextPage }),
    handle: async ({ ctx, query }) => foundReply("registered_models", await searchModels(ctx, toSearch(query))),
  }),
  route({
    method: "get",
    path: `${base}/model-versions/search`,
    summary: "Search versions of registered models",
    tag: "MLflow: model versions",
    auth: "registry:read",
    query: z.looseObject(searchFields(10_000, 200_000)),
    response: z.object({ model_versions: z.array(WireModelVersion).optional(), ...nextPage }),
    handle: async ({ ctx, query }) => foundReply("model_versions", await searchVersions(ctx, toSearch(query))),
  }),
  route({
    method: "post",
    path: `${base}/logged-models/search`,
    summary: "Search logged models",
    tag: "MLflow: logged models",
    auth: "tracking:read",
    body: z.looseObject({
      ...searchFields(100, 50_000),
      experiment_ids: Ids,
      datasets: z.array(OnDataset).nullish(),
      order_by: z
        .array(
          z.looseObject({
            field_name: requiredText("field_name"),
            ascending: z.boolean().nullish(),
            dataset_name: z.string().nullish(),
            dataset_digest: z.string().nullish(),
          }),
        )
        .nullish(),
    }),
    response: z.object({ models: z.array(WireLoggedModel).optional(), ...nextPage }),
    handle: async ({ ctx, body }) =>
      foundReply(
        "models",
        await searchLoggedModels(ctx, {
          experimentIds: body.experiment_ids,
          filter: body.filter,
          limit: body.max_results,
          pageToken: body.page_token,
          datasets: body.datasets?.flatMap(toDataset),
          orderBy: body.order_by?.map((one) => ({
            fieldName: one.field_name,
            ascending: one.ascending ?? true,
            dataset: toDataset(one)[0],
          })),
        }),
      ),
  }),
];

async function findExperiments(ctx: Ctx, asked: z.infer<typeof experimentSearch>): Promise<Response> {
  return foundReply("experiments", await searchExperiments(ctx, { ...toSearch(asked), lifecycle: asked.view_type }));
}

interface Asked {
  filter?: string | null | undefined;
  max_results: number;
  order_by: string[];
  page_token?: string | null | undefined;
}

function toSearch({ filter, max_results, order_by, page_token }: Asked) {
  return { filter, limit: max_results, orderBy: order_by, pageToken: page_token };
}

/** None, or one. */
function toDataset(given: { dataset_name?: string | null | undefined; dataset_digest?: string | null | undefined }) {
  const { dataset_name: name, dataset_digest: digest } = given;
  return name ? [{ name, ...(digest && { digest }) }] : [];
}
