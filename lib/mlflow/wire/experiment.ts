import { z } from "zod";
import { Entry, toEntries, unlessEmpty } from "#lib/mlflow/wire/values.ts";
import type { ExperimentDetail } from "#lib/tracking/schemas.ts";

/** An experiment on the wire. Times are Unix milliseconds. */
export const WireExperiment = z.object({
  experiment_id: z.string(),
  name: z.string(),
  /** Of our own making: a client never chooses where artifacts are. */
  artifact_location: z.string(),
  lifecycle_stage: z.enum(["active", "deleted"]),
  creation_time: z.int(),
  last_update_time: z.int(),
  tags: z.array(Entry).optional(),
});
export type WireExperiment = z.infer<typeof WireExperiment>;

export function toWireExperiment(experiment: ExperimentDetail): WireExperiment {
  return {
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: `mlflow-artifacts:/${experiment.id}`,
    lifecycle_stage: experiment.lifecycleStage,
    creation_time: Date.parse(experiment.createdAt),
    last_update_time: Date.parse(experiment.updatedAt),
    ...unlessEmpty("tags", toEntries(experiment.tags)),
  };
}
