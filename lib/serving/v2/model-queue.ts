import type { ModelFault } from "#lib/engine/onnx/host/model-host.ts";
import type { HostedModel } from "#lib/engine/onnx/hosted-model.ts";
import type { RawTensor } from "#lib/engine/onnx/tensors.ts";
import { InvalidError, LimitExceededError, messageOf, UnavailableError } from "#lib/platform/errors.ts";
import { createMergeTrial, mergeTensors, rowsOf, splitTensors } from "#lib/serving/v2/merge.ts";

/** Rows and bytes of one run of the model. */
const MAX_ROWS = 256;
const MAX_RUN_BYTES = 16 * 1024 * 1024;
/** What waits beyond these is refused. */
const MAX_WAITING = 1_024;
const MAX_WAITING_BYTES = 256 * 1024 * 1024;

interface Waiting {
  tensors: readonly RawTensor[];
  outputs: readonly string[];
  /** Requests with the same one may share a run; null: this one runs alone. */
  kind: string | null;
  rows: number;
  bytes: number;
  since: number;
  /** Its process died once under it. */
  isRetry: boolean;
  resolve(answer: QueuedAnswer): void;
  reject(error: unknown): void;
}

interface QueuedAnswer {
  tensors: RawTensor[];
  /** Milliseconds before its run began, and of the run. */
  queueMs: number;
  runMs: number;
  /** Rows of the whole run. */
  rows: number;
}

/** The requests for one hosted model. */
export interface ModelQueue {
  readonly model: HostedModel;
  /**
   * @throws InvalidError       the model does not take these tensors
   * @throws UnavailableError   its process died under this request, twice, or it took too long
   * @throws LimitExceededError too much waits
   */
  run(tensors: readonly RawTensor[], outputs: readonly string[]): Promise<QueuedAnswer>;
}

/**
 * Runs requests one after the other. What waits meanwhile shares the next run along the first dimension, where the model
 * leaves that free and has shown that its rows do not depend on each other. A request whose process died is tried once more,
 * alone, so that one that kills the model takes no other with it.
 */
export function createModelQueue(model: HostedModel, onRun: (rows: number) => void = () => undefined): ModelQueue {
  const trial = createMergeTrial(model);
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let isRunning = false;

  const take = (): Waiting[] => {
    const [first, ...others] = waiting;
    if (first === undefined) return [];
    const taken = [first];
    if (first.kind !== null && !first.isRetry && trial.state !== "refused") {
      let { rows, bytes } = first;
      for (const item of others) {
        if (item.kind !== first.kind || item.isRetry) continue;
        if (rows + item.rows > MAX_ROWS || bytes + item.bytes > MAX_RUN_BYTES) break;
        if (trial.state === "untried" && taken.length === 2) break;
        rows += item.rows;
        bytes += item.bytes;
        taken.push(item);
      }
    }
    waiting = waiting.filter((item) => !taken.includes(item));
    waitingBytes -= taken.reduce((sum, { bytes }) => sum + bytes, 0);
    return taken;
  };

  const runAlone = async (item: Waiting): Promise<RawTensor[] | undefined> => {
    const began = performance.now();
    try {
      onRun(item.rows);
      const tensors = await model.run(item.tensors, item.outputs);
      const ended = performance.now();
      item.resolve({ tensors, queueMs: began - item.since, runMs: ended - began, rows: item.rows });
      return tensors;
    } catch (error) {
      if (isFault(error) && error.code === "died" && !item.isRetry) {
        waiting.unshift({ ...item, isRetry: true });
        waitingBytes += item.bytes;
      } else item.reject(asAppError(error));
      return undefined;
    }
  };

  const runTogether = async (items: readonly Waiting[]): Promise<void> => {
    const began = performance.now();
    const rows = items.map((item) => item.rows);
    const total = rows.reduce((sum, count) => sum + count, 0);
    let parts: RawTensor[][];
    try {
      onRun(total);
      parts = splitTensors(await model.run(mergeTensors(items), items[0]?.outputs ?? []), rows);
    } catch {
      // One of them may be at fault: each gets its own answer.
      for (const item of items) await runAlone(item);
      return;
    }
    const runMs = performance.now() - began;
    items.forEach((item, index) => {
      item.resolve({ tensors: parts[index] ?? [], queueMs: began - item.since, runMs, rows: total });
    });
  };

  const pump = async (): Promise<void> => {
    for (let taken = take(); taken.length > 0; taken = take()) {
      const [first, second] = taken;
      if (first === undefined) break;
      if (second === undefined) await runAlone(first);
      else if (trial.state === "proven") await runTogether(taken);
      else {
        const [one, other] = [await runAlone(first), await runAlone(second)];
        if (one !== undefined && other !== undefined) await trial.try([first, second], [one, other]);
      }
    }
    isRunning = false;
  };

  return {
    model,
    run(tensors, outputs) {
      const bytes = tensors.reduce((sum, tensor) => sum + tensor.bytes.byteLength, 0);
      if (waiting.length >= MAX_WAITING || waitingBytes + bytes > MAX_WAITING_BYTES) {
        return Promise.reject(
          new LimitExceededError("limit_exceeded", "Too many requests for this model are waiting.", {
            code: "overloaded",
            retryAfterSeconds: 1,
          }),
        );
      }
      return new Promise((resolve, reject) => {
        const rows = rowsOf(tensors);
        const kind = trial.state === "refused" || rows === null ? null : kindOf(tensors, outputs);
        const since = performance.now();
        waiting.push({ tensors, outputs, kind, rows: rows ?? 1, bytes, since, isRetry: false, resolve, reject });
        waitingBytes += bytes;
        // The next turn of the loop: requests that arrived in the same one may share a run.
        if (!isRunning) {
          isRunning = true;
          setImmediate(pump);
        }
      });
    },
  };
}

/** All but the first dimensions, and what is wanted. */
function kindOf(tensors: readonly RawTensor[], outputs: readonly string[]): string {
  const shapes = tensors.map(({ name, dims }) => [name, dims.slice(1)] as const);
  return JSON.stringify([shapes.toSorted(([a], [b]) => (a < b ? -1 : 1)), outputs]);
}

function isFault(error: unknown): error is ModelFault {
  return error instanceof Error && error.name === "ModelFault";
}

/** What a model's process said, for the caller. */
function asAppError(error: unknown): unknown {
  if (!isFault(error)) return error;
  switch (error.code) {
    case "refused":
      return new InvalidError(`The model did not take it: ${inItsWords(error)}`, {
        code: "model_refused",
        cause: error,
      });
    case "timeout":
      return new UnavailableError(`It took too long: ${error.message}.`, { code: "model_timeout", cause: error });
    default:
      return new UnavailableError("The model's process ended while it computed. It is started again.", {
        code: "model_died",
        retryAfterSeconds: 1,
        cause: error,
      });
  }
}

/** The first line, without ONNX Runtime's places in its own sources. */
export function inItsWords(error: unknown): string {
  const [line = ""] = messageOf(error).split("\n");
  return line.replace(/\/?\S*\/\S+\.(?:cc|h):\d+\s*/g, "").slice(0, 500);
}
