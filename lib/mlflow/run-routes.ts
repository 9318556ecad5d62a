import { z } from "zod";
import { generateRunName } from "#lib/mlflow/generate-run-name.ts";
import {
  fromWireStatus,
  toWireNewRun,
  toWireRun,
  toWireRunInfo,
  WIRE_STATUSES,
  WireRun,
  WireRunInfo,
} from "#lib/mlflow/wire/run.ts";
import { Entries, IdText, Int64, Nothing, RunRef, requiredText, runIdOf, toRecord } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { createRun } from "#lib/tracking/create-run.ts";
import { deleteRun } from "#lib/tracking/delete-run.ts";
import { getRunRecord } from "#lib/tracking/get-run-record.ts";
import { restoreRun } from "#lib/tracking/restore-run.ts";
import { setRunInfo } from "#lib/tracking/set-run-info.ts";
import { deleteTag, setTags } from "#lib/tracking/set-tags.ts";

const tag = "MLflow: runs";
const base = "/api/2.0/mlflow/runs";
const NAME_TAG = "mlflow.runName";
/** The last moment that both JavaScript and Postgres know, far from any real one. */
const Millis = Int64.pipe(
  z
    .int()
    .min(0)
    .max(8_640_000_000_000_000 / 1_000),
);

export const runRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/create`,
    summary: "Start a run",
    description: "Without a name it gets one. Experiment `0`, or none, is the project's experiment Default.",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      experiment_id: IdText.nullish(),
      user_id: z.string().nullish(),
      run_name: z.string().nullish(),
      start_time: Millis.nullish(),
      tags: Entries,
    }),
    response: z.object({ run: WireRun }),
    handle: async ({ ctx, body }) => {
      const given = toRecord(body.tags);
      const name = chooseName(body.run_name, given[NAME_TAG]);
      const tags = { ...given, [NAME_TAG]: name };
      const run = await createRun(ctx, {
        name,
        experimentId: body.experiment_id || "0",
        userId: body.user_id || undefined,
        startedAt: body.start_time ? new Date(body.start_time) : undefined,
        tags,
      });
      return { run: toWireNewRun(run, { tags }) };
    },
  }),
  route({
    method: "get",
    path: `${base}/get`,
    summary: "A run with its newest metrics, params, tags, inputs and outputs",
    tag,
    auth: "tracking:read",
    query: z.looseObject(RunRef),
    response: z.object({ run: WireRun }),
    handle: async ({ ctx, query }) => ({ run: toWireRun(await getRunRecord(ctx, { id: runIdOf(query) })) }),
  }),
  route({
    method: "post",
    path: `${base}/update`,
    summary: "Set a run's status, end and name",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      ...RunRef,
      status: z.enum(WIRE_STATUSES).nullish(),
      end_time: Millis.nullish(),
      run_name: z.string().nullish(),
    }),
    response: z.object({ run_info: WireRunInfo }),
    handle: async ({ ctx, body }) => {
      const run = await setRunInfo(ctx, {
        runId: runIdOf(body),
        status: body.status ? fromWireStatus(body.status) : undefined,
        endedAt: body.end_time ? new Date(body.end_time) : undefined,
        name: body.run_name || undefined,
      });
      return { run_info: toWireRunInfo(run) };
    },
  }),
  route({
    method: "post",
    path: `${base}/delete`,
    summary: "Delete a run",
    description: "It can be restored.",
    tag,
    auth: "tracking:write",
    body: z.looseObject(RunRef),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteRun(ctx, { id: runIdOf(body) });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/restore`,
    summary: "Restore a deleted run",
    tag,
    auth: "tracking:write",
    body: z.looseObject(RunRef),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await restoreRun(ctx, { id: runIdOf(body) });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/set-tag`,
    summary: "Set a tag of a run",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ ...RunRef, key: requiredText("key"), value: z.string().default("") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await setTags(ctx, { runId: runIdOf(body), tags: { [body.key]: body.value } });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/delete-tag`,
    summary: "Remove a tag of a run",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ ...RunRef, key: requiredText("key") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await deleteTag(ctx, { runId: runIdOf(body), key: body.key });
      return {};
    },
  }),
];

/** @throws InvalidError the argument and the tag say different names */
function chooseName(argument: string | null | undefined, inTags: string | undefined): string {
  if (argument && inTags && argument !== inTags) {
    throw new InvalidError(
      `Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='${argument}', mlflow.runName='${inTags}').`,
      { details: [{ field: "run_name", problem: "differs from the tag mlflow.runName", remedy: "Send one of them." }] },
    );
  }
  return argument || inTags || generateRunName();
}
