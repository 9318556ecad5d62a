import { loadBackend } from "#lib/engine/backends/load-backend.ts";
import { type ChildMessage, ParentMessage, TrainingError } from "#lib/engine/child/protocol.ts";
import { runTraining } from "#lib/engine/run-training.ts";

type Start = Extract<ParentMessage, { type: "start" }>;

/**
 * The training child's whole life: waits for `start`, trains, reports, exits. It exits at once when the channel closes,
 * so that no child outlives its worker.
 */
export function serveTraining(): void {
  if (!process.send) throw new Error("the training child is started by a worker, not by hand");
  let cancelled = false;
  let started = false;
  const acknowledged = new Map<number, () => void>();
  const releaseAll = (): void => {
    for (const release of acknowledged.values()) release();
  };

  process.on("disconnect", () => process.exit(1));
  process.on("message", (raw: unknown) => {
    const message = ParentMessage.parse(raw);
    if (message.type === "cancel") {
      cancelled = true;
      releaseAll();
    } else if (message.type === "ack") {
      acknowledged.get(message.epoch)?.();
    } else if (!started) {
      started = true;
      void train(message).then(
        () => finish({ type: "done" }),
        (error: unknown) => finish(failure(error)),
      );
    }
  });

  const throwIfStopped = (): void => {
    if (cancelled) throw new TrainingError("cancelled", "the run was cancelled");
  };

  async function train(start: Start): Promise<void> {
    const files = await runTraining({
      spec: start.spec,
      data: start.data,
      workDir: start.workDir,
      attempt: start.attempt,
      resumeFromCheckpoint: start.resumeFromCheckpoint,
      loadBackend: () => loadBackend(start.spec.engine),
      hooks: {
        throwIfStopped,
        onReady: (ready) => post({ type: "ready", ready }),
        onBatch: (report) => post({ type: "batch", report }),
        onEpoch: async (report) => {
          await new Promise<void>((resolve) => {
            acknowledged.set(report.epoch, resolve);
            post({ type: "epoch", report });
            if (cancelled) resolve();
          });
          acknowledged.delete(report.epoch);
          throwIfStopped();
        },
        onEvaluated: (evaluation) => post({ type: "evaluated", evaluation }),
      },
    });
    post({ type: "artifacts", files });
  }
}

function failure(error: unknown): ChildMessage {
  if (error instanceof TrainingError) {
    const { code, message, epoch, batch, retryable } = error;
    const place = { ...(epoch ? { epoch } : {}), ...(batch ? { batch } : {}) };
    return { type: "failed", code, message: withCause(message, error.cause), retryable, ...place };
  }
  console.error(error);
  return { type: "failed", code: "internal", message: withCause("training failed", error), retryable: false };
}

function withCause(message: string, cause: unknown): string {
  return cause instanceof Error ? `${message}: ${cause.message}` : message;
}

function post(message: ChildMessage): void {
  process.send?.(message);
}

/** Exits once the last message has left. */
function finish(message: ChildMessage): void {
  process.send?.(message, () => process.exit(message.type === "done" ? 0 : 1));
}
