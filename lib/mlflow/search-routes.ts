import { z } from "zod";
import { WireRun } from "#lib/mlflow/wire/run.ts";
import { foundReply, Ids, searchFields, View } from "#lib/mlflow/wire/search.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { searchRuns } from "#lib/tracking/search-runs.ts";

const base = "/api/2.0/mlflow";
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
          experimentIds: body.experiment_ids,
          filter: body.filter,
          lifecycle: body.run_view_type,
          limit: body.max_results,
          orderBy: body.order_by,
          pageToken: body.page_token,
        }),
      ),
  }),
];
