import { z } from "zod";
import { toWireExperiment, WireExperiment } from "#lib/mlflow/wire/experiment.ts";
import { Entries, IdText, Nothing, requiredText, toRecord } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { createExperiment } from "#lib/tracking/create-experiment.ts";
import { deleteExperiment, restoreExperiment } from "#lib/tracking/delete-experiment.ts";
import { requireLength } from "#lib/tracking/entry-name.ts";
import { getExperiment } from "#lib/tracking/get-experiment.ts";
import { renameExperiment } from "#lib/tracking/rename-experiment.ts";
import { deleteExperimentTag, setExperimentTags } from "#lib/tracking/set-experiment-tags.ts";

const tag = "MLflow: experiments";
const base = "/api/2.0/mlflow/experiments";

const ById = z.looseObject({ experiment_id: IdText.default("").pipe(requiredText("experiment_id")) });
const Reply = z.object({ experiment: WireExperiment });

export const experimentRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/create`,
    summary: "Make an experiment",
    description: "An `artifact_location` is refused: where artifacts are is not a client's to choose.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      name: requiredText("name"),
      artifact_location: z.string().nullish(),
      tags: Entries,
    }),
    response: z.object({ experiment_id: z.string() }),
    handle: async ({ ctx, body }) => {
      requireLength(body.name, "name", 500);
      refuseLocation(body.artifact_location);
      const { id } = await createExperiment(ctx, { name: body.name, tags: toRecord(body.tags) });
      return { experiment_id: id };
    },
  }),
  route({
    method: "get",
    path: `${base}/get`,
    summary: "An experiment by its id",
    tag,
    auth: "tracking:read",
    query: ById,
    response: Reply,
    handle: async ({ ctx, query }) => ({
      experiment: toWireExperiment(await getExperiment(ctx, { id: query.experiment_id })),
    }),
  }),
  route({
    method: "get",
    path: `${base}/get-by-name`,
    summary: "An experiment by its name",
    tag,
    auth: "tracking:read",
    query: z.looseObject({ experiment_name: requiredText("experiment_name") }),
    response: Reply,
    handle: async ({ ctx, query }) => ({
      experiment: toWireExperiment(await getExperiment(ctx, { name: query.experiment_name })),
    }),
  }),
  route({
    method: "post",
    path: `${base}/update`,
    summary: "Rename an experiment",
    tag,
    auth: "tracking:write",
    body: ById.extend({ new_name: requiredText("new_name") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      requireLength(body.new_name, "name", 500);
      await renameExperiment(ctx, { id: body.experiment_id, name: body.new_name });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/delete`,
    summary: "Delete an experiment and its runs",
    tag,
    auth: "tracking:write",
    body: ById,
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteExperiment(ctx, { id: body.experiment_id });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/restore`,
    summary: "Restore a deleted experiment and the runs deleted with it",
    tag,
    auth: "tracking:write",
    body: ById,
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await restoreExperiment(ctx, { id: body.experiment_id });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/set-experiment-tag`,
    summary: "Set a tag of an experiment",
    tag,
    auth: "tracking:write",
    body: ById.extend({ key: requiredText("key"), value: z.string().default("") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await setExperimentTags(ctx, { id: body.experiment_id, tags: { [body.key]: body.value } });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/delete-experiment-tag`,
    summary: "Remove a tag of an experiment",
    tag,
    auth: "tracking:write",
    body: ById.extend({ key: requiredText("key") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteExperimentTag(ctx, { id: body.experiment_id, key: body.key });
      return {};
    },
  }),
];

/** @throws InvalidError a client names a place for artifacts */
function refuseLocation(location: string | null | undefined): void {
  if (!location) return;
  throw new InvalidError("An experiment's artifact_location is this server's own to choose: leave it out.", {
    code: "artifact_location",
    details: [{ field: "artifact_location", problem: "not a client's to choose", remedy: "Leave it out." }],
  });
}
