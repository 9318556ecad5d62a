import { ADAM } from "#lib/engine/backends/backend.ts";
import type { ConvLayer } from "#lib/engine/network.ts";

/**
 * The loops that TensorFlow.js for WebAssembly lacks or does slowly, over plain arrays. Every index follows from the
 * plan's shapes, so `!` only tells the compiler what the plan already guarantees.
 */

/** What a pooled convolution must remember for its gradient, `[n, outHeight, outWidth, filters]` each. */
export interface Pooled {
  /** relu(max(conv) + bias); 0 where the unit is off. */
  values: Float32Array;
  /** Which position of its window was the largest, row-major. */
  winner: Uint8Array;
}

/** Rows and columns that pooling leaves, and the window's side; 1 without pooling. */
export interface Window {
  size: number;
  height: number;
  width: number;
}

/**
 * Max pooling, then bias and relu: the same numbers as bias, relu, then pooling, on a quarter of the elements
 * (adding a constant and clamping at 0 keep the order of values).
 *
 * @param conv `[n, height, width, filters]`
 */
export function poolBiasRelu(
  conv: Float32Array,
  bias: Float32Array,
  layer: ConvLayer,
  window: Window,
  n: number,
): Pooled {
  const [height, width, filters] = layer.output;
  const values = new Float32Array(n * window.height * window.width * filters);
  const winner = new Uint8Array(values.length);
  const rowLength = width * filters;
  let out = 0;
  for (let image = 0; image < n; image++) {
    for (let y = 0; y < window.height; y++) {
      for (let x = 0; x < window.width; x++) {
        const corner = ((image * height + y * window.size) * width + x * window.size) * filters;
        for (let f = 0; f < filters; f++, out++) {
          const at = corner + f;
          let best = conv[at]!;
          let position = 0;
          if (window.size === 2) {
            // The usual case, unrolled: twice as fast as the loops below.
            const right = conv[at + filters]!;
            const below = conv[at + rowLength]!;
            const across = conv[at + rowLength + filters]!;
            if (right > best) {
              best = right;
              position = 1;
            }
            if (below > best) {
              best = below;
              position = 2;
            }
            if (across > best) {
              best = across;
              position = 3;
            }
          } else {
            for (let i = 0, index = 0; i < window.size; i++) {
              for (let j = 0; j < window.size; j++, index++) {
                const value = conv[at + i * rowLength + j * filters]!;
                if (value > best) {
                  best = value;
                  position = index;
                }
              }
            }
          }
          const sum = best + bias[f]!;
          // `!(sum <= 0)` lets NaN through, so that a diverged run is noticed instead of hidden by the relu.
          values[out] = !(sum <= 0) ? sum : 0;
          winner[out] = position;
        }
      }
    }
  }
  return { values, winner };
}

/**
 * Gradients of a pooled convolution. Only the winner of each window receives any gradient, so the sums run over the
 * pooled units and never build the full-size gradient.
 *
 * @param input `[n, height, width, channels]` that was convolved
 * @param gradient with respect to `pooled.values`
 * @param inputGradient filled when given; the first layer needs none
 */
export function pooledConvGradients(
  input: Float32Array,
  kernel: Float32Array,
  pooled: Pooled,
  gradient: Float32Array,
  layer: ConvLayer,
  window: Window,
  n: number,
  inputGradient: Float32Array | undefined,
): { kernel: Float32Array; bias: Float32Array } {
  const [height, width, channels] = layer.input;
  const filters = layer.output[2];
  const side = layer.kernelSize;
  const taps = side * side * channels;
  // Sums over some 100,000 terms: doubles, and one filter's taps together in memory.
  const kernelSums = new Float64Array(filters * taps);
  const biasSums = new Float64Array(filters);
  const filtersFirst = inputGradient ? transpose(kernel, taps, filters) : kernel;
  const rowLength = side * channels;
  let at = 0;
  for (let image = 0; image < n; image++) {
    for (let y = 0; y < window.height; y++) {
      for (let x = 0; x < window.width; x++) {
        for (let f = 0; f < filters; f++, at++) {
          const g = gradient[at]!;
          if (g === 0 || pooled.values[at] === 0) continue;
          biasSums[f]! += g;
          const position = pooled.winner[at]!;
          const down = (position / window.size) | 0;
          const row = y * window.size + down;
          const column = x * window.size + position - down * window.size;
          let tap = f * taps;
          if (rowLength === 3 && side === 3 && !inputGradient) {
            // The first layer of our networks, unrolled: 3 × 3 on one channel.
            const above = (image * height + row) * width + column;
            const middle = above + width;
            const below = middle + width;
            kernelSums[tap]! += g * input[above]!;
            kernelSums[tap + 1]! += g * input[above + 1]!;
            kernelSums[tap + 2]! += g * input[above + 2]!;
            kernelSums[tap + 3]! += g * input[middle]!;
            kernelSums[tap + 4]! += g * input[middle + 1]!;
            kernelSums[tap + 5]! += g * input[middle + 2]!;
            kernelSums[tap + 6]! += g * input[below]!;
            kernelSums[tap + 7]! += g * input[below + 1]!;
            kernelSums[tap + 8]! += g * input[below + 2]!;
            continue;
          }
          for (let i = 0; i < side; i++) {
            const from = ((image * height + row + i) * width + column) * channels;
            for (let j = 0; j < rowLength; j++, tap++) {
              kernelSums[tap]! += g * input[from + j]!;
              if (inputGradient) inputGradient[from + j]! += g * filtersFirst[tap]!;
            }
          }
        }
      }
    }
  }
  return { kernel: transpose(Float32Array.from(kernelSums), filters, taps), bias: Float32Array.from(biasSums) };
}

/** `[rows, columns]` → `[columns, rows]`, in blocks that stay in the cache. */
export function transpose(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length);
  const block = 32;
  for (let r0 = 0; r0 < rows; r0 += block) {
    const r1 = Math.min(rows, r0 + block);
    for (let c0 = 0; c0 < columns; c0 += block) {
      const c1 = Math.min(columns, c0 + block);
      for (let r = r0; r < r1; r++) {
        for (let c = c0; c < c1; c++) turned[c * rows + r] = matrix[r * columns + c]!;
      }
    }
  }
  return turned;
}

/** One Adam step in place. `rate` has the bias corrections in it. */
export function adamStep(
  weights: Float32Array,
  first: Float32Array,
  second: Float32Array,
  gradient: Float32Array,
  rate: number,
): void {
  for (let i = 0; i < weights.length; i++) {
    const g = gradient[i]!;
    const m = first[i]! + (g - first[i]!) * (1 - ADAM.beta1);
    const v = second[i]! + (g * g - second[i]!) * (1 - ADAM.beta2);
    first[i] = m;
    second[i] = v;
    weights[i]! -= (rate * m) / (Math.sqrt(v) + ADAM.epsilon);
  }
}

/** Adds the bias to each row of `[n, units]` in place, and clamps at 0 when `relu`. */
export function addBias(values: Float32Array, bias: Float32Array, relu: boolean): void {
  const units = bias.length;
  for (let at = 0; at < values.length; at += units) {
    for (let unit = 0; unit < units; unit++) {
      const sum = values[at + unit]! + bias[unit]!;
      values[at + unit] = relu && sum <= 0 ? 0 : sum;
    }
  }
}

/** Column sums of `[n, units]`: the gradient of a bias. */
export function columnSums(values: Float32Array, units: number): Float32Array {
  const sums = new Float64Array(units);
  for (let at = 0; at < values.length; at += units) {
    for (let unit = 0; unit < units; unit++) sums[unit]! += values[at + unit]!;
  }
  return Float32Array.from(sums);
}
