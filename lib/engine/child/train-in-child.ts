import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { childEnvironment } from "#lib/engine/child/child-environment.ts";
import { ChildMessage, type ParentMessage, type Ready, TrainingError } from "#lib/engine/child/protocol.ts";
import type {
  ArtifactFile,
  BatchReport,
  DatasetFiles,
  EpochReport,
  Evaluation,
  TrainSpec,
} from "#lib/engine/schemas.ts";

export interface TrainInChildInput {
  spec: TrainSpec;
  data: DatasetFiles;
  /** Absolute; kept between attempts of one run, the caller removes it afterwards. */
  workDir: string;
  attempt: number;
  /** Go on from the checkpoint in `workDir`, if there is one. */
  resume: boolean;
  /** The child's entry: `workers/training-child.ts` in development (run through tsx), its bundle in production. */
  entry: string;
  onReady?: (ready: Ready) => void;
  onBatch?: (report: BatchReport) => void;
  /**
   * Persists an epoch; the child goes on only afterwards. A resumed run reports its last checkpointed epoch once more,
   * with the same numbers, so this must be idempotent by epoch.
   */
  onEpoch: (report: EpochReport) => Promise<void>;
  /** Cancels: the child stops between two batches, and is killed if it has not within 1.2 s. */
  signal?: AbortSignal;
}

export interface TrainInChildResult {
  evaluation: Evaluation;
  /** Files in `workDir`, to be stored before it is removed. */
  artifacts: ArtifactFile[];
}

const KILL_AFTER_MS = 1200;
const STDERR_TAIL = 4000;

/**
 * Trains in a process of its own that knows no secret and no database.
 *
 * @throws TrainingError with the child's code; `child_died` (retryable) when it ended without a word; `cancelled`
 * @throws whatever `onEpoch` threw, after the child has been ended
 */
export function trainInChild(input: TrainInChildInput): Promise<TrainInChildResult> {
  const { signal } = input;
  if (signal?.aborted) return Promise.reject(new TrainingError("cancelled", "the run was cancelled"));
  const child = fork(input.entry, [], {
    execArgv: input.entry.endsWith(".ts") ? ["--import", tsxLoader()] : [],
    serialization: "advanced",
    env: childEnvironment(process.env, input.spec.engine),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  return new Conversation(child, input).result;
}

function tsxLoader(): string {
  return pathToFileURL(createRequire(import.meta.url).resolve("tsx")).href;
}

class Conversation {
  readonly result: Promise<TrainInChildResult>;
  readonly #child: ChildProcess;
  readonly #input: TrainInChildInput;
  #evaluation: Evaluation | undefined;
  #artifacts: ArtifactFile[] | undefined;
  #failure: unknown;
  #stderr = "";

  constructor(child: ChildProcess, input: TrainInChildInput) {
    this.#child = child;
    this.#input = input;
    const cancel = (): void => this.#cancel();
    input.signal?.addEventListener("abort", cancel, { once: true });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    child.on("message", (raw) => this.#receive(raw));

    this.result = new Promise((resolve, reject) => {
      child.on("error", (cause) => {
        this.#failure ??= new TrainingError("child_died", "the training process failed", { retryable: true, cause });
        if (child.pid === undefined) reject(this.#failure);
      });
      // "close" comes after stderr has been read to its end.
      child.on("close", (code, killedBy) => {
        input.signal?.removeEventListener("abort", cancel);
        if (this.#failure !== undefined) reject(this.#failure);
        else if (input.signal?.aborted) reject(new TrainingError("cancelled", "the run was cancelled"));
        else if (code === 0 && this.#evaluation && this.#artifacts) {
          resolve({ evaluation: this.#evaluation, artifacts: this.#artifacts });
        } else reject(this.#death(code, killedBy));
      });
    });
    this.#post({
      type: "start",
      spec: input.spec,
      data: input.data,
      workDir: input.workDir,
      attempt: input.attempt,
      resumeFromCheckpoint: input.resume,
    });
  }

  #receive(raw: unknown): void {
    const parsed = ChildMessage.safeParse(raw);
    if (!parsed.success) {
      this.#abandon(
        new TrainingError("internal", "the training process sent a message of unknown form", { cause: parsed.error }),
      );
      return;
    }
    const message = parsed.data;
    switch (message.type) {
      case "ready":
        this.#guard(() => this.#input.onReady?.(message.ready));
        return;
      case "batch":
        this.#guard(() => this.#input.onBatch?.(message.report));
        return;
      case "epoch": {
        const { report } = message;
        this.#input.onEpoch(report).then(
          () => this.#post({ type: "ack", epoch: report.epoch }),
          (error: unknown) => this.#abandon(error),
        );
        return;
      }
      case "evaluated":
        this.#evaluation = message.evaluation;
        return;
      case "artifacts":
        this.#artifacts = message.files;
        return;
      case "failed": {
        const { code, retryable, epoch, batch } = message;
        const place = { ...(epoch ? { epoch } : {}), ...(batch ? { batch } : {}) };
        this.#failure ??= new TrainingError(code, message.message, { retryable, ...place });
        return;
      }
      case "done":
        return;
    }
  }

  /** A listener that throws ends the run with its own error. */
  #guard(listener: () => void): void {
    try {
      listener();
    } catch (error) {
      this.#abandon(error);
    }
  }

  #abandon(error: unknown): void {
    this.#failure ??= error;
    this.#child.kill("SIGKILL");
  }

  #cancel(): void {
    this.#post({ type: "cancel" });
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), KILL_AFTER_MS);
    this.#child.once("close", () => clearTimeout(timer));
  }

  #post(message: ParentMessage): void {
    // A child that is gone is reported by "close".
    if (this.#child.connected) this.#child.send(message, () => {});
  }

  #death(code: number | null, killedBy: NodeJS.Signals | null): TrainingError {
    const how = killedBy ? `was ended by ${killedBy}` : `ended with code ${code}`;
    const tail = this.#stderr.trim();
    const message = `the training process ${how}${tail ? `: ${tail}` : ""}`;
    return new TrainingError("child_died", message, { retryable: true });
  }
}
