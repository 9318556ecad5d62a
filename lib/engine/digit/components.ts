/** A connected piece of ink. Box ends are included. */
interface InkPart {
  ink: number;
  peak: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

export interface LabelledInk {
  width: number;
  height: number;
  /** 0 where there is no ink, else 1 + the index in `parts`. */
  labels: Int32Array;
  parts: InkPart[];
}

/** Finds the 8-connected pieces of all pixels with at least `low`. Ink is the sum of their values. */
export function labelInk(data: Uint8Array, width: number, height: number, low: number): LabelledInk {
  const labels = new Int32Array(width * height);
  const parts: InkPart[] = [];
  const stack = new Int32Array(width * height);
  for (let start = 0; start < labels.length; start++) {
    if (labels[start] !== 0 || (data[start] ?? 0) < low) continue;
    const label = parts.length + 1;
    const part: InkPart = { ink: 0, peak: 0, left: width, right: -1, top: height, bottom: -1 };
    labels[start] = label;
    // A pixel is labelled when it is put on the stack, so each is put there once.
    stack[0] = start;
    for (let size = 1; size > 0; ) {
      const at = stack[--size] ?? 0;
      const x = at % width;
      const y = (at - x) / width;
      const value = data[at] ?? 0;
      part.ink += value;
      if (value > part.peak) part.peak = value;
      if (x < part.left) part.left = x;
      if (x > part.right) part.right = x;
      if (y < part.top) part.top = y;
      if (y > part.bottom) part.bottom = y;
      const lastY = y + 1 < height ? y + 1 : y;
      const firstX = x > 0 ? x - 1 : x;
      const lastX = x + 1 < width ? x + 1 : x;
      for (let ny = y > 0 ? y - 1 : y; ny <= lastY; ny++) {
        for (let next = ny * width + firstX, end = ny * width + lastX; next <= end; next++) {
          if (labels[next] === 0 && (data[next] ?? 0) >= low) {
            labels[next] = label;
            stack[size++] = next;
          }
        }
      }
    }
    parts.push(part);
  }
  return { width, height, labels, parts };
}

export interface InkVerdict {
  /** By index in `parts`: whether the piece belongs to the digit. */
  keep: boolean[];
  /** There is a second thing of a digit's size beside the first. */
  second: boolean;
}

/** Shares of the ink, and distances as shares of the longest side of the digit. */
const NEAR = 0.15;
const FAR = 0.25;
const STRAY_SHARE = 0.02;
const SECOND_SHARE = 0.2;
/** A digit in pieces: while only one piece is known to be its own, most of the whole box stands for its longest side. */
const WHOLE_SHARE = 0.75;

/**
 * Decides which pieces are the digit. The largest piece and everything within 15 % of the longest side of it (and of what
 * joined it so) are. Of the rest: pieces under 2 % of the ink and further off than 25 % are strays and dropped; if what is
 * left has 20 % of the ink, it is a second digit; a little more ink than a stray, or closer, stays.
 */
export function judgeInk({ width, height, labels, parts }: LabelledInk): InkVerdict {
  const keep = parts.map(() => true);
  if (parts.length <= 1) return { keep, second: false };
  const total = parts.reduce((sum, part) => sum + part.ink, 0);
  const largest = parts.reduce((best, part, i) => (part.ink > (parts[best]?.ink ?? 0) ? i : best), 0);
  const joined = parts.map((_, i) => i === largest);
  let gaps: number[] = [];
  let longest = 1;
  for (let grew = true; grew; ) {
    longest = Math.max(longestOf(parts.filter((_, i) => joined[i])), WHOLE_SHARE * longestOf(parts));
    gaps = gapsTo(joined, { width, height, labels, parts });
    grew = false;
    for (let i = 0; i < parts.length; i++) {
      if (!joined[i] && (gaps[i] ?? 0) <= NEAR * longest) {
        joined[i] = true;
        grew = true;
      }
    }
  }
  let apart = 0;
  parts.forEach((part, i) => {
    if (joined[i]) return;
    if (part.ink >= STRAY_SHARE * total) apart += part.ink;
    else if ((gaps[i] ?? 0) > FAR * longest) keep[i] = false;
  });
  return { keep, second: apart >= SECOND_SHARE * total };
}

function longestOf(parts: readonly InkPart[]): number {
  let left = Number.POSITIVE_INFINITY;
  let right = Number.NEGATIVE_INFINITY;
  let top = Number.POSITIVE_INFINITY;
  let bottom = Number.NEGATIVE_INFINITY;
  for (const part of parts) {
    left = Math.min(left, part.left);
    right = Math.max(right, part.right);
    top = Math.min(top, part.top);
    bottom = Math.max(bottom, part.bottom);
  }
  return Math.max(right - left, bottom - top) + 1;
}

/** Free pixels between the joined pieces and each piece, by a 3-4 chamfer distance (at most 6 % off). */
function gapsTo(joined: readonly boolean[], { width, height, labels, parts }: LabelledInk): number[] {
  const distance = new Int32Array(labels.length).fill(1 << 29);
  for (let i = 0; i < labels.length; i++) if (joined[(labels[i] ?? 0) - 1]) distance[i] = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      let d = distance[at] ?? 0;
      if (x > 0) d = Math.min(d, (distance[at - 1] ?? 0) + 3);
      if (y > 0) {
        d = Math.min(d, (distance[at - width] ?? 0) + 3);
        if (x > 0) d = Math.min(d, (distance[at - width - 1] ?? 0) + 4);
        if (x + 1 < width) d = Math.min(d, (distance[at - width + 1] ?? 0) + 4);
      }
      distance[at] = d;
    }
  }
  const nearest = parts.map(() => 1 << 29);
  for (let y = height - 1; y >= 0; y--) {
    for (let x = width - 1; x >= 0; x--) {
      const at = y * width + x;
      let d = distance[at] ?? 0;
      if (x + 1 < width) d = Math.min(d, (distance[at + 1] ?? 0) + 3);
      if (y + 1 < height) {
        d = Math.min(d, (distance[at + width] ?? 0) + 3);
        if (x + 1 < width) d = Math.min(d, (distance[at + width + 1] ?? 0) + 4);
        if (x > 0) d = Math.min(d, (distance[at + width - 1] ?? 0) + 4);
      }
      distance[at] = d;
      const part = (labels[at] ?? 0) - 1;
      if (part >= 0 && d < (nearest[part] ?? 0)) nearest[part] = d;
    }
  }
  return nearest.map((d) => Math.max(0, d / 3 - 1));
}
