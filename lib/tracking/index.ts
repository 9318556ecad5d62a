/** The room's door. */
export { createExperiment, ensureExperiment } from "#lib/tracking/create-experiment.ts";
export { createRun } from "#lib/tracking/create-run.ts";
export { deleteRun } from "#lib/tracking/delete-run.ts";
export { getMetricHistory } from "#lib/tracking/get-metric-history.ts";
export { getRun } from "#lib/tracking/get-run.ts";
export { listExperiments } from "#lib/tracking/list-experiments.ts";
export { listRuns } from "#lib/tracking/list-runs.ts";
export { logMetrics } from "#lib/tracking/log-metrics.ts";
export { logParams } from "#lib/tracking/log-params.ts";
export { listArtifacts, openArtifact } from "#lib/tracking/open-artifact.ts";
export { putArtifact } from "#lib/tracking/put-artifact.ts";
export { restoreRun } from "#lib/tracking/restore-run.ts";
export { setRunStatus } from "#lib/tracking/set-run-status.ts";
export { setTags } from "#lib/tracking/set-tags.ts";
export { updateRun } from "#lib/tracking/update-run.ts";
