import { createHash } from "node:crypto";
import { ARCHITECTURES, type Architecture, IMAGE_PIXELS } from "#lib/engine/architectures.ts";
import { type Backend, freshState } from "#lib/engine/backends/backend.ts";
import { initWeights } from "#lib/engine/init-weights.ts";
import { type Network, planNetwork } from "#lib/engine/network.ts";
import { hashKey, randomStream } from "#lib/engine/random.ts";
import { plainForward } from "#lib/engine/testing/plain-forward.ts";
import { sampleImages, toUnit } from "#lib/engine/testing/sample-images.ts";

/** What every engine must show, stated once. Each returns figures for its test to judge. */

/** Two convolutions, odd sizes, a window of 3: what our own architectures do not exercise. */
export const DEEP: Architecture = {
  name: "deep",
  layers: [
    { type: "conv2d", filters: 5, kernelSize: 4, activation: "relu" },
    { type: "maxPool2d", poolSize: 2 },
    { type: "conv2d", filters: 6, kernelSize: 3, activation: "relu" },
    { type: "conv2d", filters: 4, kernelSize: 2, activation: "relu" },
    { type: "maxPool2d", poolSize: 3 },
    { type: "flatten" },
    { type: "dense", units: 12, activation: "relu" },
    { type: "dense", units: 10, activation: "softmax" },
  ],
};

export const CHECKED = [ARCHITECTURES.baseline, DEEP];

/** Initial weights with biases that are not zero, so that a lost bias shows. */
export function randomWeights(network: Network): Float32Array[] {
  const next = randomStream(hashKey(5));
  return initWeights(network, 9).map((values, index) =>
    network.params[index]?.role === "bias" ? values.map(() => next() - 0.5) : values,
  );
}

/** Largest difference between an engine's probabilities and the plain ones, over five images. */
export function forwardError(backend: Backend, architecture: Architecture): number {
  const network = planNetwork(architecture);
  const weights = randomWeights(network);
  const images = toUnit(sampleImages(5, 3).images);
  const session = backend.open(network, freshState(weights), 1);
  const got = session.predict(images, 5);
  session.dispose();
  let worst = 0;
  for (let n = 0; n < 5; n++) {
    const expected = plainForward(network, weights, images.subarray(n * IMAGE_PIXELS, (n + 1) * IMAGE_PIXELS));
    expected.forEach((value, label) => {
      worst = Math.max(worst, Math.abs(value - (got[n * 10 + label] ?? Number.NaN)));
    });
  }
  return worst;
}

export interface GradientCheck {
  param: string;
  got: number;
  expected: number;
  /** |got - expected| over the largest gradient of the same tensor seen. */
  error: number;
}

/**
 * The engine's gradients against finite differences of the plain forward pass, at four places of every tensor.
 * The engine's gradient is read from Adam's first moment, which after one step is (1 - β1) times it.
 */
export function gradientErrors(backend: Backend, architecture: Architecture): GradientCheck[] {
  const network = planNetwork(architecture);
  const weights = randomWeights(network);
  const size = 3;
  const sample = sampleImages(size, 8);
  const images = toUnit(sample.images);
  const session = backend.open(network, freshState(weights), 1);
  session.step({ images, labels: sample.labels, size }, 1e-3);
  const moments = session.state().firstMoments;
  session.dispose();

  const loss = (): number => {
    let sum = 0;
    for (let n = 0; n < size; n++) {
      const image = images.subarray(n * IMAGE_PIXELS, (n + 1) * IMAGE_PIXELS);
      sum -= Math.log(plainForward(network, weights, image)[sample.labels[n] ?? 0] ?? Number.NaN);
    }
    return sum / size;
  };
  const next = randomStream(hashKey(31));
  return network.params.flatMap((param, index) => {
    const values = weights[index];
    const gradients = moments[index]?.map((moment) => moment / 0.1);
    if (!values || !gradients) throw new Error(`${param.name} is missing`);
    const scale = gradients.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
    return Array.from({ length: 4 }, () => {
      const at = Math.floor(next() * param.size);
      const original = values[at] ?? 0;
      values[at] = original + 2e-4;
      const [high, above] = [values[at] ?? 0, loss()];
      values[at] = original - 2e-4;
      const [low, below] = [values[at] ?? 0, loss()];
      values[at] = original;
      const expected = (above - below) / (high - low);
      const got = gradients[at] ?? Number.NaN;
      return { param: param.name, got, expected, error: Math.abs(got - expected) / scale };
    });
  });
}

/** SHA-256 of the weights of `enhanced` after a few steps; `interruptedAt` closes the session there and goes on from its state in a new one. */
export function trainedDigest(backend: Backend, steps: number, interruptedAt?: number): string {
  const network = planNetwork(ARCHITECTURES.enhanced);
  const sample = sampleImages(16, 4);
  const batch = { images: toUnit(sample.images), labels: sample.labels, size: 16 };
  let session = backend.open(network, freshState(initWeights(network, 2)), 77);
  for (let step = 1; step <= steps; step++) {
    session.step(batch, 1e-3);
    if (step === interruptedAt) {
      const state = session.state();
      session.dispose();
      session = backend.open(network, state, 77);
    }
  }
  const { weights } = session.state();
  session.dispose();
  const hash = createHash("sha256");
  for (const values of weights) hash.update(values);
  return hash.digest("hex");
}
