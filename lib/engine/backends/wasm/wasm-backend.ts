import { version_wasm } from "@tensorflow/tfjs-backend-wasm";
import {
  adamRate,
  type Backend,
  type Batch,
  type BatchResult,
  type TrainingSession,
  type TrainingState,
} from "#lib/engine/backends/backend.ts";
import { adamStep, transpose } from "#lib/engine/backends/wasm/kernels.ts";
import { planStages, type Stage } from "#lib/engine/backends/wasm/stages.ts";
import { startWasm, type WasmMath } from "#lib/engine/backends/wasm/tensors.ts";
import type { Network } from "#lib/engine/network.ts";
import { softmaxLoss, softmaxRows } from "#lib/engine/softmax.ts";

/** The engine that needs nothing but Node: convolutions and matrix products in WebAssembly, the rest in plain loops. */
export async function loadWasmBackend(): Promise<Backend> {
  const math = await startWasm();
  return {
    name: "wasm",
    version: version_wasm,
    threads: 1,
    open: (network, state, seed) => new WasmSession(math, network, state, seed),
  };
}

class WasmSession implements TrainingSession {
  readonly #network: Network;
  readonly #seed: number;
  readonly #stages: readonly Stage[];
  /** Moments in the orientation of the stages' kernels. */
  readonly #first: Float32Array[];
  readonly #second: Float32Array[];
  #step: number;

  constructor(math: WasmMath, network: Network, state: TrainingState, seed: number) {
    this.#network = network;
    this.#seed = seed;
    this.#stages = planStages(network, state.weights, math);
    this.#first = turned(network, state.firstMoments, "in");
    this.#second = turned(network, state.secondMoments, "in");
    this.#step = state.step;
  }

  step(batch: Batch, learningRate: number): BatchResult {
    this.#step++;
    const key = { seed: this.#seed, step: this.#step };
    const logits = this.#stages.reduce((values, stage) => stage.forward(values, batch.size, key), batch.images);
    const { lossSum, correct, gradient: outer } = softmaxLoss(logits, batch.labels, this.#network.classes);

    let gradient: Float32Array | undefined = outer;
    for (const stage of this.#stages.toReversed()) {
      if (!gradient) throw new Error("a stage behind the first gave no gradient");
      gradient = stage.backward(gradient, batch.size);
    }
    this.#update(adamRate(learningRate, this.#step));
    return { lossSum, correct };
  }

  #update(rate: number): void {
    for (const { params } of this.#stages) {
      if (!params?.gradients) continue;
      const parts = [
        { values: params.kernel, gradient: params.gradients.kernel, index: params.param },
        { values: params.bias, gradient: params.gradients.bias, index: params.param + 1 },
      ];
      for (const { values, gradient, index } of parts) {
        const first = this.#first[index];
        const second = this.#second[index];
        if (!first || !second) throw new Error(`moments of parameter ${index} are missing`);
        adamStep(values, first, second, gradient, rate);
      }
    }
  }

  predict(images: Float32Array, count: number): Float32Array {
    const probabilities = this.#stages.reduce((values, stage) => stage.forward(values, count, undefined), images);
    softmaxRows(probabilities, this.#network.classes);
    return probabilities;
  }

  state(): TrainingState {
    const weights: Float32Array[] = [];
    for (const { params } of this.#stages) {
      if (!params) continue;
      weights[params.param] = params.kernel;
      weights[params.param + 1] = params.bias;
    }
    return {
      step: this.#step,
      weights: turned(this.#network, weights, "out"),
      firstMoments: turned(this.#network, this.#first, "out"),
      secondMoments: turned(this.#network, this.#second, "out"),
    };
  }

  dispose(): void {
    // All memory is plain arrays.
  }
}

/** Copies, with dense kernels turned between the plan's `[in, out]` and the stages' `[out, in]`. */
function turned(network: Network, arrays: readonly Float32Array[], direction: "in" | "out"): Float32Array[] {
  return network.params.map((param, index) => {
    const values = arrays[index];
    if (!values) throw new Error(`${param.name} is missing`);
    const [rows = 0, columns = 0] = param.shape;
    if (param.role !== "kernel" || param.shape.length !== 2) return values.slice();
    return direction === "in" ? transpose(values, rows, columns) : transpose(values, columns, rows);
  });
}
