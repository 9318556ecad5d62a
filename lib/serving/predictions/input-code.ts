import { createHash } from "node:crypto";

/** What the log keeps of inputs: all of it, only a digest, or nothing. */
export type InputPolicy = "kept" | "masked" | "off";

/** An input as a row of the log has it, in base64; null by policy. */
export interface LoggedInput {
  inputDigest: string | null;
  input: string | null;
}

/** The first byte of a kept input says how the others are to be read. */
const ZERO_RUNS = 1;
const LONGEST_RUN = 255;

export function logInput(pixels: Uint8Array, policy: InputPolicy): LoggedInput {
  if (policy === "off") return { inputDigest: null, input: null };
  return {
    inputDigest: createHash("sha256").update(pixels).digest("base64"),
    input: policy === "kept" ? packPixels(pixels).toString("base64") : null,
  };
}

/**
 * Bytes with runs of zeros as a zero and their number: a digit of 784 bytes takes about 250. Postgres would compress rows of
 * 2 KB and more only.
 */
export function packPixels(pixels: Uint8Array): Buffer {
  // At worst every second byte is a zero: two bytes each, and one each between.
  const packed = Buffer.allocUnsafe(2 + Math.ceil(pixels.length * 1.5));
  let end = 0;
  packed[end++] = ZERO_RUNS;
  for (let at = 0; at < pixels.length; ) {
    const value = pixels[at] ?? 0;
    packed[end++] = value;
    if (value !== 0) {
      at += 1;
      continue;
    }
    let run = 1;
    while (run < LONGEST_RUN && pixels[at + run] === 0) run += 1;
    packed[end++] = run;
    at += run;
  }
  return packed.subarray(0, end);
}

/**
 * The bytes that {@link packPixels} was given.
 *
 * @throws RangeError not made by it
 */
export function unpackPixels(packed: Uint8Array): Uint8Array {
  if (packed[0] !== ZERO_RUNS) throw new RangeError(`inputs of form ${packed[0]} are not known`);
  const pixels: number[] = [];
  for (let at = 1; at < packed.length; at++) {
    const value = packed[at] ?? 0;
    if (value !== 0) {
      pixels.push(value);
      continue;
    }
    const run = packed[++at];
    if (run === undefined || run === 0) throw new RangeError("the input ends within a run of zeros");
    for (let zero = 0; zero < run; zero++) pixels.push(0);
  }
  return Uint8Array.from(pixels);
}
