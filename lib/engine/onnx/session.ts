import { InferenceSession, Tensor } from "onnxruntime-node";
import { CLASS_COUNT, IMAGE_PIXELS, IMAGE_SIZE } from "#lib/engine/architectures.ts";
import { ONNX_INPUT, ONNX_OUTPUT } from "#lib/engine/onnx/export-onnx.ts";

/** A digit model ready to answer. Calls may overlap. */
export interface DigitSession {
  /**
   * @param batch `count` × 784 values in 0..1, row-major, white ink on black
   * @returns `count` × 10 probabilities, one row per image
   * @throws Error when the batch's length is not `count` × 784
   */
  predict(batch: Float32Array, count: number): Promise<Float32Array>;
  /** Frees the model's memory. A second call does nothing; `predict` rejects afterwards. */
  dispose(): Promise<void>;
}

/**
 * Loads an ONNX digit model (ours, or any with the same signature) and runs it once, so that the first request is not
 * the slow one. One thread per call: throughput comes from overlapping calls, and tails stay short.
 *
 * @throws Error when the bytes are not a model, or its inputs and outputs are not `image` `[N, 28, 28, 1]` and
 *   `probabilities` `[N, 10]`.
 */
export async function openDigitSession(bytes: Uint8Array): Promise<DigitSession> {
  const session = await InferenceSession.create(bytes, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
  let open = true;

  const predict = async (batch: Float32Array, count: number): Promise<Float32Array> => {
    if (!open) throw new Error("the model session is closed");
    if (count < 1 || batch.length !== count * IMAGE_PIXELS) {
      throw new Error(`expected ${count} × ${IMAGE_PIXELS} values, got ${batch.length}`);
    }
    const feeds = { [ONNX_INPUT]: new Tensor("float32", batch, [count, IMAGE_SIZE, IMAGE_SIZE, 1]) };
    const output = (await session.run(feeds))[ONNX_OUTPUT];
    if (!output || !(output.data instanceof Float32Array)) throw new Error(`the model gave no ${ONNX_OUTPUT}`);
    return output.data;
  };
  const dispose = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await session.release();
  };

  try {
    assertSignature(session);
    const warm = await predict(new Float32Array(IMAGE_PIXELS), 1);
    if (warm.length !== CLASS_COUNT) throw new Error(`the model gave ${warm.length} probabilities, not ${CLASS_COUNT}`);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { predict, dispose };
}

function assertSignature(session: InferenceSession): void {
  const wanted = [
    { side: "input", metadata: session.inputMetadata, name: ONNX_INPUT, dims: [IMAGE_SIZE, IMAGE_SIZE, 1] },
    { side: "output", metadata: session.outputMetadata, name: ONNX_OUTPUT, dims: [CLASS_COUNT] },
  ];
  for (const { side, metadata, name, dims } of wanted) {
    const expected = `${side} ${name} float32 [N, ${dims.join(", ")}]`;
    const [only] = metadata;
    if (metadata.length !== 1 || !only?.isTensor) throw new Error(`expected one ${expected}, got ${metadata.length}`);
    const got = `${side} ${only.name} ${only.type} [${only.shape.join(", ")}]`;
    const [batch, ...rest] = only.shape;
    const fits = only.name === name && only.type === "float32" && rest.length === dims.length;
    // A fixed batch size would refuse micro-batches.
    if (!fits || typeof batch === "number" || dims.some((side, index) => rest[index] !== side)) {
      throw new Error(`expected ${expected}, got ${got}`);
    }
  }
}
