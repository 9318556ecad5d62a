import type { Refusal, RefusalCode } from "#lib/engine/digit/types.ts";

/** Box sides below this, in pixels of what was drawn or sent, hold too little to scale up. */
export const MIN_BOX_PIXELS = 8;
/** Σ v/255 in the 20×20 box. MNIST has 20 to 312; its 0.1th percentile is 28. */
export const MIN_INK = 15;
/** One of MNIST's 70,000 images has more (a filled disc has 314). */
export const MAX_INK = 285;

const WORDS: Record<RefusalCode, { message: string; remedy: string }> = {
  no_ink: {
    message: "There is no ink: nothing stands out from the background.",
    remedy: "Draw or send one digit, dark on light or light on dark.",
  },
  too_small: {
    message: `The drawing is less than ${MIN_BOX_PIXELS} pixels high and wide.`,
    remedy: "Draw or send the digit larger; a dot is not a digit.",
  },
  too_little_ink: {
    message: "There is too little ink for a digit.",
    remedy: "Draw the whole digit, or send an image with a thicker pen.",
  },
  too_much_ink: {
    message: "There is too much ink for one digit.",
    remedy: "Draw one digit with single lines; do not fill or scribble.",
  },
  second_digit: { message: "There is more than one digit.", remedy: "Draw or send one digit at a time." },
  bad_pixel_count: {
    message: "pixels must hold 784 numbers (28×28, row by row).",
    remedy: "Send all 784 values, white ink on black.",
  },
  bad_pixel_value: { message: "pixels must hold finite numbers.", remedy: "Send numbers from 0 to 255." },
  pixel_range: { message: "pixels must be from 0 to 255.", remedy: "Send values from 0 (black) to 255 (white ink)." },
  bad_strokes: {
    message: "A stroke holds a coordinate that is not a finite number.",
    remedy: "Send x and y of each point as numbers.",
  },
};

/** A refusal in words; `message` replaces the usual one where the case can be named more exactly. */
export function refuse(code: RefusalCode, message?: string): Refusal {
  return { ok: false, code, message: message ?? WORDS[code].message, remedy: WORDS[code].remedy };
}
