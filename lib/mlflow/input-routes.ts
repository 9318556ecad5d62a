import { z } from "zod";
import { Entries, Int64, Nothing, RunRef, requiredText, runIdOf, toRecord } from "#lib/mlflow/wire/values.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { type Route, route } from "#lib/platform/http/route.ts";
import { logInputs } from "#lib/tracking/log-inputs.ts";
import { linkRunModels } from "#lib/tracking/logged-models/link-run.ts";
import { recordModel } from "#lib/tracking/record-model.ts";

const tag = "MLflow: runs";
const base = "/api/2.0/mlflow/runs";
/** A dataset's profile alone may have 16 million characters. */
const MAX_BODY_BYTES = 24 * 1024 * 1024;

const DatasetInput = z.looseObject({
  tags: Entries,
  dataset: z.looseObject({
    name: requiredText("name"),
    digest: requiredText("digest"),
    source_type: requiredText("source_type"),
    source: requiredText("source"),
    schema: z.string().nullish(),
    profile: z.string().nullish(),
  }),
});

export const inputRoutes: Route[] = [
  route({
    method: "post",
    path: `${base}/log-inputs`,
    summary: "Say which datasets and models a run used",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      ...RunRef,
      datasets: z.array(DatasetInput).max(1_000).default([]),
      models: z
        .array(z.looseObject({ model_id: requiredText("model_id") }))
        .max(1_000)
        .default([]),
    }),
    response: Nothing,
    maxBodyBytes: MAX_BODY_BYTES,
    handle: async ({ ctx, body }) => {
      const datasets = body.datasets.map(({ dataset, tags }) => ({
        name: dataset.name,
        digest: dataset.digest,
        sourceType: dataset.source_type,
        source: dataset.source,
        schema: dataset.schema ?? null,
        profile: dataset.profile ?? null,
        tags: toRecord(tags),
      }));
      const models = body.models.map((model) => ({ modelId: model.model_id }));
      await logInputs(ctx, { runId: runIdOf(body), datasets, models });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/outputs`,
    summary: "Say which logged models a run made",
    tag,
    auth: "tracking:write",
    body: z.looseObject({
      ...RunRef,
      models: z.array(z.looseObject({ model_id: requiredText("model_id"), step: Int64.default(0) })).max(1_000),
    }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      const models = body.models.map((model) => ({ modelId: model.model_id, step: model.step }));
      await linkRunModels(ctx, { runId: runIdOf(body), direction: "output", models });
      return {};
    },
  }),
  route({
    method: "post",
    path: `${base}/log-model`,
    summary: "Add a model to a run's tag, as clients before MLflow 3 do",
    tag,
    auth: "tracking:write",
    body: z.looseObject({ ...RunRef, model_json: requiredText("model_json") }),
    response: Nothing,
    handle: async ({ ctx, body }) => {
      await recordModel(ctx, { runId: runIdOf(body), model: modelOf(body.model_json) });
      return {};
    },
  }),
];

const MANDATORY = ["artifact_path", "flavors", "utc_time_created", "run_id"];
const KEPT = ["run_id", "utc_time_created", "artifact_path", "model_uuid"];

/**
 * What of an MLmodel the tag holds: not the flavours' configurations.
 *
 * @throws InvalidError it is not JSON, or lacks something
 */
function modelOf(text: string): Record<string, unknown> {
  const model = parseObject(text);
  const missing = MANDATORY.filter((field) => !(field in model));
  if (missing.length > 0) throw malformed(`Model json is missing mandatory fields: ${missing.join(", ")}`);
  const flavors = isObject(model["flavors"]) ? Object.entries(model["flavors"]) : [];
  return {
    ...Object.fromEntries(Object.entries(model).filter(([field]) => KEPT.includes(field))),
    flavors: Object.fromEntries(
      flavors.map(([name, config]) => [name, isObject(config) ? { ...config, config: undefined } : config]),
    ),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (isObject(parsed)) return parsed;
  } catch (cause) {
    throw malformed("Malformed model info: model_json is not valid JSON.", cause);
  }
  throw malformed("Malformed model info: model_json is not an object.");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function malformed(message: string, cause?: unknown): InvalidError {
  return new InvalidError(message, {
    details: [{ field: "model_json", problem: "not a model", remedy: "Send an MLmodel as JSON." }],
    cause,
  });
}
