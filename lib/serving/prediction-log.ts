import { messageOf } from "#lib/platform/errors.ts";
import { getRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { insertPredictions, type PredictionRow } from "#lib/serving/store/predictions.ts";

const FLUSH_MS = 500;
const FLUSH_ROWS = 1_000;
/** Rows kept while the database is away or slow; what is given up is counted as unlogged. */
const MAX_ROWS = 100_000;

/** Writes rows behind the replies, so that no prediction waits for the database. */
export interface PredictionLog {
  add(row: PredictionRow): void;
  flush(): Promise<void>;
}

export function predictionLog(): PredictionLog {
  const runtime = getRuntime();
  return runtime.singleton("serving.log", () => createPredictionLog(runtime));
}

function createPredictionLog(runtime: Runtime): PredictionLog {
  const { unlogged } = servingMetrics(runtime);
  let rows: PredictionRow[] = [];
  let last: Promise<void> = Promise.resolve();

  const write = async (): Promise<void> => {
    const taken = rows.slice(0, FLUSH_ROWS);
    rows = rows.slice(taken.length);
    try {
      await insertPredictions(runtime.pool, taken);
    } catch (error) {
      rows = [...taken, ...rows];
      const lost = Math.max(0, rows.length - MAX_ROWS);
      rows = rows.slice(lost);
      unlogged.inc(lost);
      runtime.logger.warn({ waiting: rows.length, error: messageOf(error) }, "predictions not logged yet");
      throw error;
    }
  };
  const drain = async (): Promise<void> => {
    while (rows.length > 0) await write();
  };
  // One after another: who waits for a flush waits for every row that was added before it.
  const flush = (): Promise<void> => {
    last = last.catch(() => undefined).then(drain);
    return last;
  };

  const timer = setInterval(() => {
    if (rows.length > 0) flush().catch(() => undefined);
  }, FLUSH_MS);
  timer.unref();
  runtime.onClose(async () => {
    clearInterval(timer);
    await flush().catch((error) =>
      runtime.logger.error({ rows: rows.length, error: messageOf(error) }, "predictions lost"),
    );
  });

  return {
    add(row) {
      if (rows.length >= MAX_ROWS) {
        unlogged.inc();
        return;
      }
      rows.push(row);
      if (rows.length === FLUSH_ROWS) flush().catch(() => undefined);
    },
    flush,
  };
}
