import { setImmediate as nextTurn } from "node:timers/promises";
import { type Backend, freshState, type TrainingSession } from "#lib/engine/backends/backend.ts";
import { type Checkpoint, writeCheckpoint } from "#lib/engine/checkpoint.ts";
import { TrainingError } from "#lib/engine/child/protocol.ts";
import { augmentBatch } from "#lib/engine/digit/augment.ts";
import { lossAndAccuracy, predictPart } from "#lib/engine/evaluate.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { learningRateAt } from "#lib/engine/learning-rate.ts";
import { gatherBatch, type TrainingData } from "#lib/engine/load-data.ts";
import type { Network } from "#lib/engine/network.ts";
import { hashKey, randomStream, shuffledIndices } from "#lib/engine/random.ts";
import type { BatchReport, EpochReport, TrainSpec } from "#lib/engine/schemas.ts";

const EPOCH_ORDER = 4;
const AUGMENT = 5;
const MIN_SECONDS = 1e-6;

export interface FitHooks {
  onBatch(report: BatchReport): void;
  /** Awaited before the next epoch. After a resume the last checkpointed epoch is reported once more. */
  onEpoch(report: EpochReport): Promise<void>;
  /** Called between batches; throws to stop. */
  throwIfStopped(): void;
}

export interface FitInput {
  backend: Backend;
  network: Network;
  spec: TrainSpec;
  data: TrainingData;
  workDir: string;
  /** Names the run in its checkpoints. */
  identity: string;
  /** Where to go on from; undefined starts afresh. */
  checkpoint: Checkpoint | undefined;
  hooks: FitHooks;
}

/**
 * Trains to the end of the spec's epochs, with a checkpoint after each. The order of images, the augmentation and the
 * dropout depend on the seed and the epoch or step alone, so that a resumed run is the same run.
 *
 * The checkpoint is on disk before its epoch is reported: a report may come twice, but none is lost.
 *
 * @returns the trained session (the caller disposes it) and every epoch's report
 * @throws TrainingError `loss_not_finite` with epoch and batch
 */
export async function fitNetwork(input: FitInput): Promise<{ session: TrainingSession; epochs: EpochReport[] }> {
  const { backend, network, spec, checkpoint, hooks } = input;
  const state = checkpoint?.state ?? freshState(initWeights(network, spec.seed));
  const session = backend.open(network, state, spec.seed);
  const epochs = [...(checkpoint?.epochs ?? [])];
  const last = epochs.at(-1);
  if (last) await hooks.onEpoch(last);
  for (let epoch = epochs.length + 1; epoch <= spec.epochs; epoch++) {
    const report = await trainEpoch(input, session, epoch, epochs);
    await hooks.onEpoch(report);
  }
  return { session, epochs };
}

async function trainEpoch(
  input: FitInput,
  session: TrainingSession,
  epoch: number,
  epochs: EpochReport[],
): Promise<EpochReport> {
  const { data, hooks } = input;
  const started = performance.now();
  const trained = await trainBatches(input, session, epoch);
  const trainSeconds = Math.max(MIN_SECONDS, (performance.now() - started) / 1000);

  const between = async (): Promise<void> => {
    await nextTurn();
    hooks.throwIfStopped();
  };
  const validation = lossAndAccuracy(await predictPart(session, data.validation, between), data.validation);
  if (!Number.isFinite(validation.loss)) {
    const message = `the validation loss is ${validation.loss} after epoch ${epoch}; try a lower learning rate`;
    throw new TrainingError("loss_not_finite", message, { epoch });
  }
  const report: EpochReport = {
    epoch,
    loss: trained.loss,
    accuracy: trained.accuracy,
    valLoss: validation.loss,
    valAccuracy: validation.accuracy,
    samplesPerSecond: trained.samples / trainSeconds,
    seconds: 0,
    learningRate: trained.learningRate,
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
  };
  report.seconds = (performance.now() - started) / 1000;
  epochs.push(report);
  await writeCheckpoint(input.workDir, input.identity, { state: session.state(), epochs });
  return report;
}

/** Keras's running means: the network changes while they are taken, and dropout is on. */
async function trainBatches(
  { spec, data, hooks }: FitInput,
  session: TrainingSession,
  epoch: number,
): Promise<{ loss: number; accuracy: number; samples: number; learningRate: number }> {
  const order = epochOrder(data.train.indices, spec.seed, epoch);
  const batches = Math.ceil(order.length / spec.batchSize);
  const started = performance.now();
  let lossSum = 0;
  let correct = 0;
  let samples = 0;
  let learningRate = spec.learningRate;
  for (let batch = 1; batch <= batches; batch++) {
    // Lets a cancel, an acknowledgement or a closed channel be heard.
    await nextTurn();
    hooks.throwIfStopped();
    const step = (epoch - 1) * batches + batch;
    learningRate = learningRateAt(spec.schedule, spec.learningRate, step, batches * spec.epochs);
    const taken = gatherBatch(data.train, order, (batch - 1) * spec.batchSize, spec.batchSize);
    if (spec.augment) {
      taken.images = augmentBatch(taken.images, taken.size, randomStream(hashKey(spec.seed, AUGMENT, step)));
    }
    const result = session.step(taken, learningRate);
    if (!Number.isFinite(result.lossSum)) {
      const message = `the loss is ${result.lossSum} at epoch ${epoch}, batch ${batch}; try a lower learning rate`;
      throw new TrainingError("loss_not_finite", message, { epoch, batch });
    }
    lossSum += result.lossSum;
    correct += result.correct;
    samples += taken.size;
    if (batch % spec.metricsEveryBatches === 0 || batch === batches) {
      const seconds = Math.max(MIN_SECONDS, (performance.now() - started) / 1000);
      const [loss, accuracy] = [lossSum / samples, correct / samples];
      hooks.onBatch({ epoch, batch, step, loss, accuracy, samplesPerSecond: samples / seconds, learningRate });
    }
  }
  return { loss: lossSum / samples, accuracy: correct / samples, samples, learningRate };
}

/** The part's images in an order that only the seed and the epoch decide. */
function epochOrder(indices: Uint32Array, seed: number, epoch: number): Uint32Array {
  return shuffledIndices(indices.length, hashKey(seed, EPOCH_ORDER, epoch)).map((at) => indices[at] ?? 0);
}
