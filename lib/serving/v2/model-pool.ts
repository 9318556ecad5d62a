import { openHostedModel } from "#lib/engine/onnx/hosted-model.ts";
import { LimitExceededError, messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { getRuntime, type Runtime } from "#lib/platform/runtime.ts";
import { servingMetrics } from "#lib/serving/metrics.ts";
import { createModelQueue, inItsWords, type ModelQueue } from "#lib/serving/v2/model-queue.ts";

/** The models that are loaded in processes of their own, each file once, whichever versions have it. */
export interface ModelPool {
  /**
   * Does `work` with the model of this file; it stays loaded until the work is over.
   *
   * @param digest SHA-256 of the ONNX file, a blob
   * @throws UnavailableError   it could not be loaded: `model_not_loaded`
   * @throws LimitExceededError too many models are in use at once
   */
  use<T>(digest: string, work: (queue: ModelQueue) => Promise<T>): Promise<T>;
}

/** Processes at once. */
const MOST_MODELS = 8;
const IDLE_MS = 10 * 60_000;
/** A file that could not be loaded is not tried again sooner. */
const RETRY_AFTER_MS = 5_000;

interface Entry {
  opened: Promise<ModelQueue>;
  users: number;
  usedAt: number;
}

export function modelPool(): ModelPool {
  const runtime = getRuntime();
  return runtime.singleton("serving.v2.models", () => createModelPool(runtime));
}

function createModelPool(runtime: Runtime): ModelPool {
  const metrics = servingMetrics(runtime);
  const entries = new Map<string, Entry>();

  const open = async (digest: string): Promise<ModelQueue> => {
    const model = await openHostedModel({ digest, read: () => runtime.blobs.get(digest) }).catch((cause) => {
      runtime.logger.error({ digest, error: messageOf(cause) }, "model not loaded");
      throw new UnavailableError(`The version's file could not be loaded: ${inItsWords(cause)}`, {
        code: "model_not_loaded",
        retryAfterSeconds: RETRY_AFTER_MS / 1_000,
        cause,
      });
    });
    return createModelQueue(model, (rows) => metrics.batchSize.observe(rows));
  };
  const close = async (digest: string, entry: Entry): Promise<void> => {
    entries.delete(digest);
    await entry.opened.then(({ model }) => model.close()).catch(() => undefined);
  };
  const makeRoom = (): void => {
    if (entries.size < MOST_MODELS) return;
    const idle = [...entries].filter(([, { users }]) => users === 0).sort(([, a], [, b]) => a.usedAt - b.usedAt)[0];
    if (idle === undefined) {
      throw new LimitExceededError("limit_exceeded", `${MOST_MODELS} other models are in use at this moment.`, {
        code: "overloaded",
        retryAfterSeconds: 1,
      });
    }
    void close(...idle);
  };
  const find = (digest: string): Entry => {
    const present = entries.get(digest);
    if (present !== undefined) return present;
    makeRoom();
    const entry: Entry = { opened: open(digest), users: 0, usedAt: Date.now() };
    entry.opened.catch(() => {
      const forget = setTimeout(() => entries.get(digest) === entry && entries.delete(digest), RETRY_AFTER_MS);
      forget.unref();
    });
    entries.set(digest, entry);
    return entry;
  };

  const timer = setInterval(() => {
    const before = Date.now() - IDLE_MS;
    for (const [digest, entry] of entries) if (entry.users === 0 && entry.usedAt < before) void close(digest, entry);
  }, IDLE_MS / 10);
  timer.unref();
  runtime.onClose(async () => {
    clearInterval(timer);
    await Promise.all([...entries].map(([digest, entry]) => close(digest, entry)));
  });

  return {
    async use(digest, work) {
      const entry = find(digest);
      entry.users += 1;
      try {
        return await work(await entry.opened);
      } finally {
        entry.users -= 1;
        entry.usedAt = Date.now();
      }
    },
  };
}
