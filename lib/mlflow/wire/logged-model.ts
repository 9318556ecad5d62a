import { z } from "zod";
import { toWireDouble } from "#lib/mlflow/wire/run.ts";
import { Entry, requiredText, toEntries, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import type { LoggedModel, ModelMetric, ModelStatus } from "#lib/tracking/store/logged-models.ts";

/** Logged models on the wire. Times are Unix milliseconds; what is not there is left out. */

const WIRE_STATUSES = ["LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"] as const;
type WireModelStatus = (typeof WIRE_STATUSES)[number];

const TO_WIRE: Record<ModelStatus, WireModelStatus> = {
  PENDING: "LOGGED_MODEL_PENDING",
  READY: "LOGGED_MODEL_READY",
  FAILED: "LOGGED_MODEL_UPLOAD_FAILED",
};
const FROM_WIRE: Record<WireModelStatus, ModelStatus> = {
  LOGGED_MODEL_PENDING: "PENDING",
  LOGGED_MODEL_READY: "READY",
  LOGGED_MODEL_UPLOAD_FAILED: "FAILED",
};
/** As protocol buffers number them, from 1. */
const NUMBERS = [1, 2, 3] as const;

/** By name, or as protocol buffers number them. */
export const ModelStatusGiven = z
  .union([z.enum(WIRE_STATUSES), z.literal(NUMBERS).transform((number) => WIRE_STATUSES[number - 1])])
  .transform((status): ModelStatus => FROM_WIRE[status ?? "LOGGED_MODEL_PENDING"]);

/** A model's id as a path has it. */
export const ModelIdParams = z.object({ model_id: z.string().max(100) });
export const ModelTagParams = ModelIdParams.extend({ key: requiredText("key") });

const WireModelMetric = z.object({
  key: z.string(),
  value: z.union([z.number(), z.literal("NaN")]),
  timestamp: z.int(),
  step: z.int(),
  dataset_name: z.string().optional(),
  dataset_digest: z.string().optional(),
  model_id: z.string(),
  run_id: z.string(),
});

export const WireLoggedModel = z.object({
  info: z.object({
    model_id: z.string(),
    experiment_id: z.string(),
    name: z.string(),
    creation_timestamp_ms: z.int(),
    last_updated_timestamp_ms: z.int(),
    artifact_uri: z.string(),
    status: z.enum(WIRE_STATUSES),
    status_message: z.string().optional(),
    model_type: z.string().optional(),
    source_run_id: z.string().optional(),
    tags: z.array(Entry).optional(),
  }),
  data: z.object({ params: z.array(Entry).optional(), metrics: z.array(WireModelMetric).optional() }),
});
export type WireLoggedModel = z.infer<typeof WireLoggedModel>;

/** Where a model's files are: a name that only our own proxy resolves. */
export function loggedModelArtifactUri(model: Pick<LoggedModel, "id" | "experimentId">): string {
  return `mlflow-artifacts:/${model.experimentId}/models/${model.id}/artifacts`;
}

export function toWireLoggedModel(model: LoggedModel): WireLoggedModel {
  return {
    info: {
      model_id: model.id,
      experiment_id: model.experimentId,
      name: model.name,
      creation_timestamp_ms: model.createdAt.getTime(),
      last_updated_timestamp_ms: model.updatedAt.getTime(),
      artifact_uri: loggedModelArtifactUri(model),
      status: TO_WIRE[model.status],
      ...(model.statusMessage !== null && { status_message: model.statusMessage }),
      ...(model.modelType !== null && { model_type: model.modelType }),
      ...(model.runId !== null && { source_run_id: model.runId }),
      ...unlessEmpty("tags", toEntries(model.tags)),
    },
    data: {
      ...unlessEmpty("params", toEntries(model.params)),
      ...unlessEmpty(
        "metrics",
        model.metrics.map((metric) => toWireMetric(model.id, metric)),
      ),
    },
  };
}

function toWireMetric(modelId: string, metric: ModelMetric): z.infer<typeof WireModelMetric> {
  return {
    key: metric.key,
    value: toWireDouble(metric.value),
    timestamp: metric.at,
    step: metric.step,
    ...(metric.datasetName !== "" && { dataset_name: metric.datasetName }),
    ...(metric.datasetDigest !== "" && { dataset_digest: metric.datasetDigest }),
    model_id: modelId,
    run_id: metric.runId,
  };
}
