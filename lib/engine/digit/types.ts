/** One sampled pen position. `x`, `y` in CSS pixels (y down), `t` in milliseconds, `pressure` 0..1. */
export interface StrokePoint {
  x: number;
  y: number;
  t?: number;
  pressure?: number;
}

/** What the pen drew between touching down and lifting, in order. One point alone is a dot. */
export interface Stroke {
  points: StrokePoint[];
}

/** Row-major grey image, 0..255. */
export interface GrayImage {
  width: number;
  height: number;
  data: Uint8Array | Float32Array;
}

/** Row-major RGBA, 8 bits a channel, alpha not premultiplied; `data.length` is `width * height * 4`. */
export interface RgbaImage {
  width: number;
  height: number;
  data: Uint8Array | Uint8ClampedArray;
}

export type RefusalCode =
  | "no_ink"
  | "too_small"
  | "too_little_ink"
  | "too_much_ink"
  | "second_digit"
  | "bad_pixel_count"
  | "bad_pixel_value"
  | "pixel_range"
  | "bad_strokes";

export interface Refusal {
  ok: false;
  code: RefusalCode;
  /** What is wrong, for people. */
  message: string;
  /** What to do about it. */
  remedy: string;
}

/** `pixels`: 784 bytes, row-major 28×28, white ink (255) on black (0), as MNIST has it. */
export type DigitResult = { ok: true; pixels: Uint8Array } | Refusal;

export const DIGIT_SIDE = 28;
export const DIGIT_PIXELS = DIGIT_SIDE * DIGIT_SIDE;
/** The longest side of the ink in MNIST, in pixels of the 28×28 image. */
export const BOX_SIDE = 20;
