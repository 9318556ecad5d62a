import { existsSync } from "node:fs";
import { setPriority } from "node:os";
import { fileURLToPath } from "node:url";
import { openChannels } from "#lib/approvals/notices/channels.ts";
import type { Actor } from "#lib/platform/ctx.ts";
import type { WorkerEnv } from "#lib/platform/env.ts";
import { isAppError, messageOf } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { getQueues } from "#lib/platform/queue/queues.ts";
import { makeCtx, type Runtime } from "#lib/platform/runtime.ts";
import type { TrainingPlace } from "#lib/training/execute-run.ts";
import { submitQuickstart } from "#lib/training/quickstart.ts";
import { newWorkerId, releaseDeadWorkers } from "#lib/training/reconcile.ts";
import { startApprovalsKeeper } from "#workers/approvals-keeper.ts";
import { eventsProcessor } from "#workers/events.processor.ts";
import { evidenceProcessor } from "#workers/evidence.processor.ts";
import { startNoticeClock } from "#workers/notice-clock.ts";
import { noticesProcessor } from "#workers/notices.processor.ts";
import { startOutboxRelay } from "#workers/outbox-relay.ts";
import { startPredictionKeeper } from "#workers/prediction-keeper.ts";
import { startReconciler } from "#workers/reconciler.ts";
import { startRecordKeeper } from "#workers/record-keeper.ts";
import { startRunner } from "#workers/runner.ts";
import { trainingProcessor } from "#workers/training.processor.ts";

export interface RunningWorker {
  workerId: string;
  /** Hands back what is under way and ends within about 3 s. */
  stop(): Promise<void>;
}

/** Training leaves the processor to whoever answers requests. */
const NICENESS = 5;
const EVENTS_AT_ONCE = 4;
/** Of the 3 s to stop: the child has 1.5 s to end, the hand-back the rest. */
const STOP_MS = 2_600;

/** Starts everything that a worker process does, on an open runtime. */
export async function startWorker(runtime: Runtime, env: WorkerEnv): Promise<RunningWorker> {
  const workerId = newWorkerId(newId("w"));
  const actor: Actor = {
    type: "worker",
    id: workerId,
    scopes: [
      "tracking:read",
      "tracking:write",
      "training:write",
      "datasets:read",
      "datasets:write",
      "registry:read",
      "approvals:request",
    ],
  };
  const ctx = makeCtx(runtime, { actor });
  beNice(runtime);

  const shutdown = new AbortController();
  const places = { cacheDir: env.ASSAY_CACHE, dataDir: env.ASSAY_DATA_DIR };
  const place: TrainingPlace = {
    ...places,
    workerId,
    engines: env.ASSAY_ENGINES,
    home: env.ASSAY_HOME,
    childEntry: childEntry(),
    hub: runtime.notify,
    shutdown: shutdown.signal,
  };
  const released = await releaseDeadWorkers(ctx, { workerId });
  if (env.ASSAY_QUICKSTART) {
    const submitted = await submitQuickstart(ctx);
    if (submitted !== null) runtime.logger.info({ strategyRunId: submitted.id }, "submitted the first strategy");
  }

  const channels = openChannels(env);
  const queues = getQueues(runtime);
  const relay = await startOutboxRelay(runtime, queues);
  const reconciler = startReconciler(runtime, ctx, queues, { home: env.ASSAY_HOME });
  const recordKeeper = startRecordKeeper(runtime, env);
  const approvalsKeeper = startApprovalsKeeper(runtime);
  const predictionKeeper = startPredictionKeeper(runtime, env);
  const noticeClock = startNoticeClock(runtime, ctx, queues, channels);
  const runner = startRunner(runtime, {
    actor,
    processors: [
      trainingProcessor(place),
      eventsProcessor({ places, channels }),
      evidenceProcessor(),
      noticesProcessor(channels),
    ],
    concurrency: { training: env.ASSAY_WORKER_CONCURRENCY, events: EVENTS_AT_ONCE },
  });
  runtime.logger.info({ workerId, queue: queues.backend, released }, "worker started");

  return {
    workerId,
    async stop() {
      shutdown.abort();
      const keepers = [reconciler, noticeClock, recordKeeper, approvalsKeeper, predictionKeeper];
      await Promise.all([runner.stop(STOP_MS), ...keepers.map((keeper) => keeper.stop())]);
      // Last, so that what was handed back is in the queue already when another worker looks.
      relay.wake();
      await relay.stop();
    },
  };
}

/** The training child's entry: the bundle beside this one in production, else its source. */
function childEntry(): string {
  const bundled = fileURLToPath(new URL("./training-child.js", import.meta.url));
  return existsSync(bundled) ? bundled : fileURLToPath(new URL("./training-child.ts", import.meta.url));
}

function beNice(runtime: Runtime): void {
  try {
    setPriority(NICENESS);
  } catch (error) {
    runtime.logger.debug({ error: isAppError(error) ? error.message : messageOf(error) }, "priority not lowered");
  }
}
