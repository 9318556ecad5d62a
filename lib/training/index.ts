/** The room's door for pages. Workers take `execute-run.ts` and its like themselves: a server never trains. */
export { getQueue } from "#lib/training/get-queue.ts";
export { getTrainedRun } from "#lib/training/get-trained-run.ts";
export { listStrategies } from "#lib/training/list-strategies.ts";
