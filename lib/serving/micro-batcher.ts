import { LimitExceededError, UnavailableError } from "#lib/platform/errors.ts";

const PIXELS = 784;
const CLASSES = 10;
/** More images in one call would make the first of them wait too long. */
const MAX_BATCH = 256;
/** Waiting images beyond this are refused: at the model's rate they would wait for seconds. */
const MAX_WAITING = 4_096;

interface Waiting {
  pixels: Uint8Array;
  resolve(probabilities: Float32Array): void;
  reject(error: unknown): void;
}

export interface MicroBatcher {
  /** @param pixels 784 bytes. @returns ten probabilities */
  predict(pixels: Uint8Array): Promise<Float32Array>;
  /** Images that wait for their call. */
  waiting(): number;
  /** Resolves when nothing waits or runs any more. */
  drained(): Promise<void>;
}

/**
 * Puts everything that waits into one call of the model: alone at low load, together under pressure, without a timer.
 *
 * @param run `[count, 784]` in 0..1 → `[count, 10]`
 */
export function createMicroBatcher(
  run: (batch: Float32Array, count: number) => Promise<Float32Array>,
  onBatch: (count: number) => void,
): MicroBatcher {
  let waiting: Waiting[] = [];
  let running = false;
  let idle: (() => void)[] = [];

  const pump = async () => {
    running = true;
    while (waiting.length > 0) {
      const taken = waiting.slice(0, MAX_BATCH);
      waiting = waiting.slice(taken.length);
      const batch = new Float32Array(taken.length * PIXELS);
      for (const [row, { pixels }] of taken.entries()) {
        const start = row * PIXELS;
        for (let index = 0; index < PIXELS; index++) batch[start + index] = (pixels[index] ?? 0) / 255;
      }
      onBatch(taken.length);
      try {
        const output = await run(batch, taken.length);
        for (const [row, { resolve }] of taken.entries()) {
          resolve(output.subarray(row * CLASSES, (row + 1) * CLASSES));
        }
      } catch (cause) {
        const error = new UnavailableError("The model could not answer.", { code: "model_failed", cause });
        for (const { reject } of taken) reject(error);
      }
    }
    running = false;
    for (const resolve of idle) resolve();
    idle = [];
  };

  return {
    predict(pixels) {
      if (waiting.length >= MAX_WAITING) {
        return Promise.reject(
          new LimitExceededError("limit_exceeded", "Too many predictions are waiting.", {
            code: "overloaded",
            retryAfterSeconds: 1,
          }),
        );
      }
      return new Promise((resolve, reject) => {
        waiting.push({ pixels, resolve, reject });
        // The next turn of the loop: requests that arrived in the same one share a call.
        if (!running) {
          running = true;
          setImmediate(pump);
        }
      });
    },
    waiting: () => waiting.length,
    drained: () => (running || waiting.length > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}
