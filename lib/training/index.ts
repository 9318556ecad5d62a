/** The room's door. */
export { cancelRun } from "#lib/training/cancel-run.ts";
export { getQueue } from "#lib/training/get-queue.ts";
export { getStrategyRun, listStrategyRuns } from "#lib/training/get-strategy-run.ts";
export { getTrainedRun } from "#lib/training/get-trained-run.ts";
export { listStrategies } from "#lib/training/list-strategies.ts";
export { retryRun } from "#lib/training/retry-run.ts";
export { submitRun } from "#lib/training/submit-run.ts";
export { submitStrategy } from "#lib/training/submit-strategy.ts";
