import { availableParallelism } from "node:os";
import { IMAGE_SIZE } from "#lib/engine/architectures.ts";
import {
  adamRate,
  type Backend,
  type Batch,
  type BatchResult,
  type TrainingSession,
  type TrainingState,
} from "#lib/engine/backends/backend.ts";
import { loadBinding } from "#lib/engine/backends/native/binding.ts";
import { Eager, type TensorId } from "#lib/engine/backends/native/eager.ts";
import { type Pass, planStages, type Stage } from "#lib/engine/backends/native/stages.ts";
import { AdamVariable } from "#lib/engine/backends/native/variables.ts";
import { cacheFolder, NATIVE_PIN } from "#lib/engine/native-pin.mjs";
import type { Network } from "#lib/engine/network.ts";
import { softmaxLoss, softmaxRows } from "#lib/engine/softmax.ts";

/**
 * TensorFlow in this process, through the binding of tfjs-node: the step is written out op by op, since generic
 * automatic differentiation takes about twice the time.
 *
 * @throws TrainingError `engine_unavailable`
 */
export async function loadNativeBackend(cacheDir: string = cacheFolder(process.env)): Promise<Backend> {
  const binding = await loadBinding(cacheDir);
  const eager = new Eager(binding);
  return {
    name: "native",
    version: `${binding.TF_Version}-${NATIVE_PIN.kernels}-r${NATIVE_PIN.revision}`,
    tensorflowVersion: binding.TF_Version,
    threads: availableParallelism(),
    open: (network, state, seed) => new NativeSession(eager, network, state, seed),
  };
}

class NativeSession implements TrainingSession {
  readonly #eager: Eager;
  readonly #network: Network;
  readonly #seed: number;
  readonly #stages: readonly Stage[];
  readonly #variables: readonly AdamVariable[];
  #step: number;

  constructor(eager: Eager, network: Network, state: TrainingState, seed: number) {
    this.#eager = eager;
    this.#network = network;
    this.#seed = seed;
    this.#step = state.step;
    this.#stages = planStages(eager, network);
    this.#variables = network.params.map((param, index) => {
      const value = state.weights[index];
      const first = state.firstMoments[index];
      const second = state.secondMoments[index];
      if (!value || !first || !second) throw new Error(`${param.name} is missing`);
      return new AdamVariable(eager, param.shape, { value, first, second });
    });
  }

  step(batch: Batch, learningRate: number): BatchResult {
    this.#step++;
    const eager = this.#eager;
    eager.begin();
    const passes = this.#forward(batch.images, batch.size, { seed: this.#seed, step: this.#step });
    const logits = eager.read(outputOf(passes));
    const { lossSum, correct, gradient: outer } = softmaxLoss(logits, batch.labels, this.#network.classes);

    const gradients = new Map<number, TensorId>();
    let gradient: TensorId | undefined = eager.floats(outer, [batch.size, this.#network.classes]);
    for (const pass of passes.toReversed()) {
      if (gradient === undefined) throw new Error("a stage behind the first gave no gradient");
      gradient = pass.backward(gradient, gradients);
    }
    // The weights just read must be gone before they are updated, or TensorFlow copies each one first.
    const kept = [...gradients.values()];
    eager.end(kept);
    const rate = adamRate(learningRate, this.#step);
    for (const [index, id] of gradients) this.#variables[index]?.update(id, rate);
    eager.end();
    for (const id of kept) eager.release(id);
    return { lossSum, correct };
  }

  predict(images: Float32Array, count: number): Float32Array {
    this.#eager.begin();
    const probabilities = this.#eager.read(outputOf(this.#forward(images, count, undefined)));
    this.#eager.end();
    softmaxRows(probabilities, this.#network.classes);
    return probabilities;
  }

  #forward(images: Float32Array, n: number, key: { seed: number; step: number } | undefined): Pass[] {
    const weights = this.#variables.map((variable) => variable.read());
    let values = this.#eager.floats(images, [n, IMAGE_SIZE, IMAGE_SIZE, 1]);
    return this.#stages.map((stage) => {
      const pass = stage(values, n, weights, key);
      values = pass.output;
      return pass;
    });
  }

  state(): TrainingState {
    this.#eager.begin();
    const snapshots = this.#variables.map((variable) => variable.snapshot());
    this.#eager.end();
    return {
      step: this.#step,
      weights: snapshots.map(({ value }) => value),
      firstMoments: snapshots.map(({ first }) => first),
      secondMoments: snapshots.map(({ second }) => second),
    };
  }

  dispose(): void {
    for (const variable of this.#variables) variable.dispose();
  }
}

function outputOf(passes: readonly Pass[]): TensorId {
  const last = passes.at(-1);
  if (!last) throw new Error("the network has no layers");
  return last.output;
}
