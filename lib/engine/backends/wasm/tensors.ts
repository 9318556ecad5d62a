import { createRequire } from "node:module";
import path from "node:path";
import { BackendWasm, setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";

/**
 * Starts TensorFlow.js on WebAssembly with SIMD, one thread. The binaries are found beside the installed package, so that
 * it works from sources and from the bundle alike.
 *
 * @throws Error when WebAssembly cannot start here.
 */
export async function startWasm(): Promise<WasmMath> {
  const root = path.dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm/package.json"));
  setWasmPaths(`${path.join(root, "wasm-out")}${path.sep}`);
  setThreadsCount(1);
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  if (!(await tf.setBackend("wasm"))) throw new Error("TensorFlow.js could not start its WebAssembly backend");
  await tf.ready();
  const backend = tf.backend();
  if (!(backend instanceof BackendWasm)) throw new Error("TensorFlow.js did not choose its WebAssembly backend");
  return new WasmMath(backend);
}

/**
 * The two heavy operations, over plain arrays. Operands are copied into the WebAssembly heap under fresh ids, because
 * the backend keeps packed weights per id and would not notice a change in place.
 */
export class WasmMath {
  readonly #backend: BackendWasm;

  constructor(backend: BackendWasm) {
    this.#backend = backend;
  }

  /**
   * `a [rows, inner] × b [inner, columns]`, row-major.
   *
   * @returns `[rows, columns]`
   */
  matmul(a: Float32Array, b: Float32Array, rows: number, inner: number, columns: number): Float32Array {
    const result = new Float32Array(rows * columns);
    // Nothing is returned from tidy: it would walk a returned array element by element, looking for tensors.
    tf.tidy(() => {
      const product = tf.matMul(tf.tensor2d(a, [rows, inner]), tf.tensor2d(b, [inner, columns]));
      result.set(this.#heapView(product));
    });
    return result;
  }

  /**
   * Convolution, "valid", stride 1, no bias: `images [n, h, w, c]`, `kernel [k, k, c, f]`.
   *
   * @param use gets `[n, h - k + 1, w - k + 1, f]` as a view of the heap, valid only during the call
   */
  conv2d(
    images: Float32Array,
    shape: readonly [number, number, number, number],
    kernel: Float32Array,
    kernelShape: readonly [number, number, number, number],
    use: (output: Float32Array) => void,
  ): void {
    tf.tidy(() => {
      const output = tf.conv2d(tf.tensor4d(images, [...shape]), tf.tensor4d(kernel, [...kernelShape]), 1, "valid");
      use(this.#heapView(output));
    });
  }

  #heapView(tensor: tf.Tensor): Float32Array {
    // Read anew each time: the heap's buffer is another one after it has grown.
    const heap: unknown = Reflect.get(this.#backend.wasm, "HEAPU8");
    if (!(heap instanceof Uint8Array)) throw new Error("the WebAssembly backend shows no heap");
    return new Float32Array(heap.buffer, this.#backend.getMemoryOffset(tensor.dataId), tensor.size);
  }
}
