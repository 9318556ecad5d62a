import type { Stage } from "#lib/registry/status.ts";
import type { MetricSeries } from "#lib/tracking/schemas.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

/** What the server reads for a run's page. */
export interface RunViewProps {
  run: TrainedRun;
  series: readonly MetricSeries[];
  /** Batches of an epoch; null before a worker has chosen the dataset. */
  batches: number | null;
  modelName: string;
  /** The version that this run became, if it did. */
  version: { version: number; stage: Stage } | null;
}
