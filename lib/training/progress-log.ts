import type { Ready } from "#lib/engine/child/protocol.ts";
import type { BatchReport, EpochReport } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { messageOf } from "#lib/platform/errors.ts";
import { dropPoints, logMetrics, type MetricPoint, setTags } from "#lib/tracking/index.ts";
import { type Attempt, fenced } from "#lib/training/fenced.ts";
import { updateEpochs } from "#lib/training/store/jobs.ts";

/** Batches are written at most this often, all that came in between at once. */
const FLUSH_MS = 500;

/** Writes what the child reports, in the order in which it came. */
export interface ProgressLog {
  ready(ready: Ready): void;
  batch(report: BatchReport): void;
  /** Exactly once an epoch: its points and `epochs_done` are one transaction; one that is there already changes nothing. */
  epoch(report: EpochReport): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}

export function createProgressLog(ctx: Ctx, attempt: Attempt): ProgressLog {
  let waiting: MetricPoint[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();
  let failure: unknown;

  /** One write after another; the first error is told by the next `epoch`, which ends the run. */
  const enqueue = (write: () => Promise<void>): Promise<void> => {
    last = last.then(write).catch((error) => {
      failure ??= error;
    });
    return last;
  };
  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const points = waiting;
    waiting = [];
    if (points.length === 0) {
      return last;
    }
    return enqueue(async () => {
      await fenced(ctx, attempt, (tx) => logMetrics(tx, { runId: attempt.runId, points })).catch((error) => {
        if (isRunLost(error)) throw error;
        // A live curve with a gap is better than a run that ends for it.
        ctx.logger.warn({ runId: attempt.runId, error: messageOf(error) }, "batch points were not written");
      });
    });
  };

  return {
    ready(ready) {
      void enqueue(async () => {
        await forgetBeyond(ctx, attempt, ready.resumedEpochs);
        const tags = { "engine.threads": String(ready.threads) };
        await fenced(ctx, attempt, (tx) => setTags(tx, { runId: attempt.runId, tags }));
      });
    },
    batch(report) {
      waiting.push(...batchPoints(report, ctx.clock.now().getTime()));
      timer ??= setTimeout(() => void flush(), FLUSH_MS);
    },
    async epoch(report) {
      await flush();
      if (failure !== undefined) throw failure;
      await fenced(ctx, attempt, async (tx, { epochsDone }) => {
        if (report.epoch <= epochsDone) return;
        const points = epochPoints(report, tx.clock.now().getTime());
        await logMetrics(tx, { runId: attempt.runId, points });
        await updateEpochs(tx, attempt.runId, report.epoch);
      });
    },
    async close() {
      await flush();
    },
  };
}

export function isRunLost(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "run_lost";
}

/**
 * A resumed run goes on after the checkpoint's last epoch: batches that an older attempt logged beyond it come again, and
 * epochs beyond it too when the checkpoint is gone (the run then starts anew).
 */
async function forgetBeyond(ctx: Ctx, attempt: Attempt, resumedEpochs: number): Promise<void> {
  await fenced(ctx, attempt, async (tx, { epochsDone }) => {
    if (epochsDone > resumedEpochs) {
      await updateEpochs(tx, attempt.runId, resumedEpochs);
      await dropPoints(tx, { runId: attempt.runId, keys: EPOCH_KEYS, afterStep: resumedEpochs });
    }
    const logged = Math.min(epochsDone, resumedEpochs);
    await dropPoints(tx, { runId: attempt.runId, keys: BATCH_KEYS, afterLast: { key: "loss", step: logged } });
  });
}

const EPOCH_KEYS = [
  "loss",
  "accuracy",
  "val_loss",
  "val_accuracy",
  "samples_per_second",
  "learning_rate",
  "epoch_seconds",
  "rss_bytes",
  "peak_rss_bytes",
];
const BATCH_KEYS = ["batch_loss", "batch_accuracy", "batch_samples_per_second", "batch_learning_rate"];

/** The step of an epoch's points is the epoch, from 1. */
function epochPoints(report: EpochReport, at: number): MetricPoint[] {
  const values = {
    loss: report.loss,
    accuracy: report.accuracy,
    val_loss: report.valLoss,
    val_accuracy: report.valAccuracy,
    samples_per_second: report.samplesPerSecond,
    learning_rate: report.learningRate,
    epoch_seconds: report.seconds,
    rss_bytes: report.rssBytes,
    peak_rss_bytes: report.peakRssBytes,
  };
  return Object.entries(values).map(([key, value]) => ({ key, step: report.epoch, at, value }));
}

/** The step of a batch's points is the optimiser's step over the whole run, from 1. */
function batchPoints(report: BatchReport, at: number): MetricPoint[] {
  const values = {
    batch_loss: report.loss,
    batch_accuracy: report.accuracy,
    batch_samples_per_second: report.samplesPerSecond,
    batch_learning_rate: report.learningRate,
  };
  return Object.entries(values).map(([key, value]) => ({ key, step: report.step, at, value }));
}
