import type { Series } from "#app/(console)/runs/[id]/_components/use-run-feed.ts";
import type { RequestedSpec } from "#lib/training/schemas.ts";

export interface RunProgressFigures {
  /** 0..1 of all batches of all epochs; null until something is known. */
  share: number | null;
  epochsDone: number;
  epochs: number;
  /** Batches done of the epoch under way, and of how many; null when not known. */
  batch: number | null;
  batches: number | null;
  samplesPerSecond: number | null;
  /** Milliseconds to the end at the pace so far. */
  etaMs: number | null;
}

/**
 * How many batches an epoch has, as the engine counts them: of at most `trainLimit` images, less a twelfth where that is
 * held out for validation.
 */
export function batchesPerEpoch(
  spec: Pick<RequestedSpec, "batchSize" | "trainLimit" | "validation">,
  trainCount: number,
): number {
  const chosen = Math.min(trainCount, spec.trainLimit ?? trainCount);
  const trained = spec.validation === "split" ? chosen - Math.round(chosen / 12) : chosen;
  return Math.ceil(trained / spec.batchSize);
}

const last = (series: Series, key: string) => series.get(key)?.at(-1);

/**
 * How far a run is, from what it has logged. Epoch metrics carry the epoch as their step, batch metrics the batch counted
 * over the whole run. `batches` is the number per epoch; `now` 0: not known.
 */
export function progressOf(input: {
  series: Series;
  epochs: number;
  batches: number | null;
  startedAt: string | null;
  now: number;
}): RunProgressFigures {
  const { series, epochs, batches, startedAt, now } = input;
  const epochsDone = Math.min(epochs, last(series, "val_loss")?.[0] ?? 0);
  const step = last(series, "batch_loss")?.[0] ?? null;
  const within = step === null || batches === null ? null : Math.min(batches, Math.max(0, step - epochsDone * batches));
  const share = Math.min(1, (epochsDone + (within === null || batches === null ? 0 : within / batches)) / epochs);
  const speed = last(series, "batch_samples_per_second") ?? last(series, "samples_per_second");
  const elapsed = startedAt === null || now === 0 ? null : now - Date.parse(startedAt);
  return {
    share: step === null && epochsDone === 0 ? null : share,
    epochsDone,
    epochs,
    batch: within,
    batches,
    samplesPerSecond: typeof speed?.[2] === "number" ? speed[2] : null,
    etaMs: elapsed === null || share < 0.01 ? null : (elapsed * (1 - share)) / share,
  };
}
