/** The room's door: what rooms above and pages use. */
export { ensureExperiment } from "#lib/tracking/create-experiment.ts";
export { createRun } from "#lib/tracking/create-run.ts";
export { dropPoints } from "#lib/tracking/drop-points.ts";
export { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
export { getRun } from "#lib/tracking/get-run.ts";
export { listExperiments } from "#lib/tracking/list-experiments.ts";
export { listRuns } from "#lib/tracking/list-runs.ts";
export { logMetrics, type MetricPoint } from "#lib/tracking/log-metrics.ts";
export { putArtifact } from "#lib/tracking/put-artifact.ts";
export { setRunStatus } from "#lib/tracking/set-run-status.ts";
export { setTags } from "#lib/tracking/set-tags.ts";
