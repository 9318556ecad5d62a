import { type Gray, otsu } from "#lib/engine/digit/gray.ts";

/** How ink and paper of an image are told apart, so that a part of it can be treated alike. */
export interface InkScale {
  /** Tone of the paper, 0..255. */
  paper: number;
  /** The ink is darker than the paper. */
  dark: boolean;
  /** Difference to the paper from which on a pixel is ink, and from which on it may be its edge. */
  high: number;
  low: number;
}

/** Differences in tone under this are paper grain or compression, not ink. */
const MIN_CONTRAST = 24;
/** Edges fainter than this share of the ink's contrast do not count when an image is not MNIST's own size. */
const EDGE_SHARE = 0.1;
/** Images up to this side are taken as pixel art: every level counts. */
const SMALL_SIDE = 40;

/**
 * Estimates paper, polarity and thresholds: the paper is the median of the border, the polarity follows from the side of
 * Otsu's threshold the paper is on, the noise from how much the border varies.
 * Null when nothing stands out from the paper.
 */
export function inkScaleOf(gray: Gray): InkScale | null {
  const { width, height, data } = gray;
  const histogram = new Uint32Array(256);
  for (let i = 0; i < data.length; i++) histogram[data[i] ?? 0] = (histogram[data[i] ?? 0] ?? 0) + 1;
  const border = borderOf(gray);
  const paper = quantileOf(border, 0.5);
  const dark = paper >= otsu(histogram, data.length);

  const contrast = new Uint32Array(256);
  let peak = 0;
  for (let tone = 0; tone < 256; tone++) {
    const level = Math.max(0, dark ? paper - tone : tone - paper);
    const count = histogram[tone] ?? 0;
    contrast[level] = (contrast[level] ?? 0) + count;
    if (count > 0 && level > peak) peak = level;
  }
  if (peak < MIN_CONTRAST) return null;

  const deviations = new Uint32Array(256);
  for (let tone = 0; tone < 256; tone++) {
    const away = Math.abs(tone - paper);
    deviations[away] = (deviations[away] ?? 0) + (border[tone] ?? 0);
  }
  const noise = quantileOf(deviations, 0.85);
  const crisp = Math.max(width, height) <= SMALL_SIDE || hasRepeatedPixels(gray, paper);
  const floor = crisp ? 1 : Math.ceil(peak * EDGE_SHARE);
  const high = Math.max(otsu(contrast, data.length), MIN_CONTRAST / 2, 2 * noise + 1);
  return { paper, dark, high, low: Math.min(high, Math.max(floor, 2 * noise + 1)) };
}

/** Contrast to the paper of each pixel, 0 (paper) to 255. */
export function inkOf({ width, height, data }: Gray, { paper, dark }: InkScale): Gray {
  const ink = new Uint8Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const level = dark ? paper - (data[i] ?? 0) : (data[i] ?? 0) - paper;
    ink[i] = Math.max(0, level);
  }
  return { width, height, data: ink };
}

/**
 * Whether most grey pixels (neither paper nor full ink) equal their right neighbour, as when an image was enlarged by
 * repeating pixels. Smooth enlargement and photographs have few equal neighbours.
 */
function hasRepeatedPixels({ width, height, data }: Gray, paper: number): boolean {
  let gray = 0;
  let repeated = 0;
  for (let y = 0; y < height; y++) {
    for (let at = y * width, end = at + width - 1; at < end; at++) {
      const tone = data[at] ?? 0;
      if (Math.abs(tone - paper) < 3 || tone < 3 || tone > 252) continue;
      gray++;
      if (tone === data[at + 1]) repeated++;
    }
  }
  return gray > 0 && repeated >= gray * 0.5;
}

/** Histogram of the outermost pixels. */
function borderOf({ width, height, data }: Gray): Uint32Array {
  const tones = new Uint32Array(256);
  const count = (at: number) => {
    const tone = data[at] ?? 0;
    tones[tone] = (tones[tone] ?? 0) + 1;
  };
  for (let x = 0; x < width; x++) {
    count(x);
    count((height - 1) * width + x);
  }
  for (let y = 1; y + 1 < height; y++) {
    count(y * width);
    count(y * width + width - 1);
  }
  return tones;
}

/** The value that more than `share` of the counted ones do not exceed. */
function quantileOf(histogram: Uint32Array, share: number): number {
  let total = 0;
  for (let i = 0; i < 256; i++) total += histogram[i] ?? 0;
  let below = 0;
  for (let i = 0; i < 256; i++) {
    below += histogram[i] ?? 0;
    if (below > share * total) return i;
  }
  return 255;
}
