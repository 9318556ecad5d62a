import type { Network } from "#lib/engine/network.ts";
import type { EngineName } from "#lib/engine/schemas.ts";

/** Everything that changes while a network trains. A run resumed from it goes on bit for bit (same engine, build, threads). */
export interface TrainingState {
  /** Optimiser steps taken. */
  step: number;
  /** One array per `Network.params`. */
  weights: Float32Array[];
  /** Adam's first and second moments, the same sizes. */
  firstMoments: Float32Array[];
  secondMoments: Float32Array[];
}

export interface Batch {
  /** `size` × 784 values in 0..1. */
  images: Float32Array;
  /** `size` labels 0..9. */
  labels: Uint8Array;
  size: number;
}

export interface BatchResult {
  /** Sum of the cross entropy over the batch, nats; not finite when the run has diverged. */
  lossSum: number;
  correct: number;
}

/** A network being trained on one engine. Calls are synchronous: the child has nothing else to do. */
export interface TrainingSession {
  /**
   * One forward and backward pass with dropout, and one Adam step (β 0.9 and 0.999, ε 1e-7, as Keras).
   * Dropout masks depend on (seed, step, layer) only.
   */
  step(batch: Batch, learningRate: number): BatchResult;
  /** @returns `count` × 10 probabilities; no dropout */
  predict(images: Float32Array, count: number): Float32Array;
  /** A copy; later steps do not touch it. */
  state(): TrainingState;
  dispose(): void;
}

export interface Backend {
  name: EngineName;
  /** Names the build: runs resume only on the same. */
  version: string;
  tensorflowVersion?: string;
  threads: number;
  open(network: Network, state: TrainingState, seed: number): TrainingSession;
}

export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7 } as const;

/** The state before the first step. */
export function freshState(weights: Float32Array[]): TrainingState {
  return {
    step: 0,
    weights,
    firstMoments: weights.map((values) => new Float32Array(values.length)),
    secondMoments: weights.map((values) => new Float32Array(values.length)),
  };
}

/**
 * Adam's step size with both bias corrections folded in, as Keras computes it.
 *
 * @param step counted from 1
 */
export function adamRate(learningRate: number, step: number): number {
  return (learningRate * Math.sqrt(1 - ADAM.beta2 ** step)) / (1 - ADAM.beta1 ** step);
}
