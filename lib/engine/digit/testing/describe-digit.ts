import { DIGIT_SIDE } from "#lib/engine/digit/types.ts";

export interface DigitShape {
  longestSide: number;
  centreX: number;
  centreY: number;
  max: number;
  ink: number;
}

/** Measures what every preprocessed digit has to have in common with MNIST. */
export function describeDigit(pixels: Uint8Array): DigitShape {
  let mass = 0;
  let massX = 0;
  let massY = 0;
  let max = 0;
  const columns: number[] = [];
  const rows: number[] = [];
  pixels.forEach((v, i) => {
    if (v === 0) return;
    const x = i % DIGIT_SIDE;
    const y = Math.floor(i / DIGIT_SIDE);
    mass += v;
    massX += v * x;
    massY += v * y;
    max = Math.max(max, v);
    columns.push(x);
    rows.push(y);
  });
  const extent = (values: number[]) => Math.max(...values) - Math.min(...values) + 1;
  return {
    longestSide: Math.max(extent(columns), extent(rows)),
    centreX: massX / mass,
    centreY: massY / mass,
    max,
    ink: mass / 255,
  };
}
