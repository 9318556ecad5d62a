import { z } from "zod";
import { Entry, toEntries, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import type { RunRecord } from "#lib/tracking/get-run-record.ts";
import type { RunStatus } from "#lib/tracking/status.ts";
import type { RunDataset } from "#lib/tracking/store/run-record.ts";
import type { RunRow } from "#lib/tracking/store/runs.ts";

/** Runs on the wire. Times are Unix milliseconds; what is not there is left out. */

export const WIRE_STATUSES = ["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] as const;
export type WireStatus = (typeof WIRE_STATUSES)[number];

const TO_WIRE: Record<RunStatus, WireStatus> = {
  QUEUED: "SCHEDULED",
  RUNNING: "RUNNING",
  FINISHED: "FINISHED",
  FAILED: "FAILED",
  CANCELLED: "KILLED",
};
const FROM_WIRE: Record<WireStatus, RunStatus> = {
  SCHEDULED: "QUEUED",
  RUNNING: "RUNNING",
  FINISHED: "FINISHED",
  FAILED: "FAILED",
  KILLED: "CANCELLED",
};

export function fromWireStatus(status: WireStatus): RunStatus {
  return FROM_WIRE[status];
}

export const WireRunInfo = z.object({
  run_uuid: z.string(),
  run_id: z.string(),
  run_name: z.string(),
  experiment_id: z.string(),
  user_id: z.string(),
  status: z.enum(WIRE_STATUSES),
  start_time: z.int(),
  end_time: z.int().optional(),
  artifact_uri: z.string(),
  lifecycle_stage: z.enum(["active", "deleted"]),
});
export type WireRunInfo = z.infer<typeof WireRunInfo>;

/** A double: NaN travels as a word, an infinity as the largest number. */
const WireDouble = z.union([z.number(), z.literal("NaN")]);

const WireDataset = z.object({
  name: z.string(),
  digest: z.string(),
  source_type: z.string(),
  source: z.string(),
  schema: z.string().optional(),
  profile: z.string().optional(),
});

export const WireRun = z.object({
  info: WireRunInfo,
  data: z.object({
    metrics: z.array(z.object({ key: z.string(), value: WireDouble, timestamp: z.int(), step: z.int() })).optional(),
    params: z.array(Entry).optional(),
    tags: z.array(Entry).optional(),
  }),
  inputs: z.object({
    dataset_inputs: z.array(z.object({ tags: z.array(Entry).optional(), dataset: WireDataset })).optional(),
    model_inputs: z.array(z.object({ model_id: z.string() })).optional(),
  }),
  outputs: z
    .object({ model_outputs: z.array(z.object({ model_id: z.string(), step: z.int() })).optional() })
    .optional(),
});
export type WireRun = z.infer<typeof WireRun>;

/** Where a run's files are: a name that only our own proxy resolves. */
export function runArtifactUri(run: { id: string; experimentId: string }): string {
  return `mlflow-artifacts:/${run.experimentId}/${run.id}/artifacts`;
}

export function toWireRunInfo(run: RunRow): WireRunInfo {
  return {
    run_uuid: run.id,
    run_id: run.id,
    run_name: run.name,
    experiment_id: run.experimentId,
    user_id: run.userId ?? run.createdBy,
    status: TO_WIRE[run.status],
    start_time: (run.startedAt ?? run.createdAt).getTime(),
    ...(run.endedAt !== null && { end_time: run.endedAt.getTime() }),
    artifact_uri: runArtifactUri(run),
    lifecycle_stage: run.lifecycleStage,
  };
}

/** What a new run is answered with. */
export function toWireNewRun(run: RunRow, given: { tags: Record<string, string> }): WireRun {
  return { info: toWireRunInfo(run), data: { ...unlessEmpty("tags", toEntries(given.tags)) }, inputs: {} };
}

export function toWireRun(record: RunRecord): WireRun {
  const metrics = record.metrics.map(({ key, value, at, step }) => ({
    key,
    value: toWireDouble(value),
    timestamp: at,
    step,
  }));
  return {
    info: toWireRunInfo(record.run),
    data: {
      ...unlessEmpty("metrics", metrics),
      ...unlessEmpty("params", toEntries(record.params)),
      ...unlessEmpty("tags", toEntries(record.tags)),
    },
    inputs: {
      ...unlessEmpty("dataset_inputs", record.datasets.map(toWireDatasetInput)),
      ...unlessEmpty(
        "model_inputs",
        record.inputModels.map(({ modelId }) => ({ model_id: modelId })),
      ),
    },
    outputs: {
      ...unlessEmpty(
        "model_outputs",
        record.outputModels.map(({ modelId, step }) => ({ model_id: modelId, step })),
      ),
    },
  };
}

export function toWireDouble(value: number): number | "NaN" {
  if (Number.isNaN(value)) return "NaN";
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

function toWireDatasetInput({ tags, name, digest, sourceType, source, schema, profile }: RunDataset) {
  return {
    ...unlessEmpty("tags", toEntries(tags)),
    dataset: {
      name,
      digest,
      source_type: sourceType,
      source,
      ...(schema !== null && { schema }),
      ...(profile !== null && { profile }),
    },
  };
}
