import type { RgbaImage } from "#lib/engine/digit/types.ts";

export interface Gray {
  width: number;
  height: number;
  data: Uint8Array;
}

/** A part of an image, in its pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * What stands behind transparent pixels: if most of the image is opaque, its own median tone (a card with cut corners);
 * otherwise the ink is what is opaque, and the other end of the scale is behind it.
 */
export function backdropOf({ width, height, data }: RgbaImage): number {
  const count = width * height;
  if (isOpaque(data, count)) return 0;
  const histogram = new Uint32Array(256);
  let opaque = 0;
  let light = 0;
  // Every image is looked at, but a large one on a grid of about 100,000 pixels.
  const step = Math.max(1, Math.floor(count / 100_000));
  let seen = 0;
  for (let i = 0; i < count; i += step) {
    seen++;
    if ((data[4 * i + 3] ?? 0) < 128) continue;
    const tone = toneAt(data, 4 * i);
    histogram[tone] = (histogram[tone] ?? 0) + 1;
    opaque++;
    light += tone;
  }
  if (opaque === 0) return 0;
  if (opaque >= seen / 2) {
    let below = 0;
    for (let tone = 0; tone < 256; tone++) {
      below += histogram[tone] ?? 0;
      if (below * 2 >= opaque) return tone;
    }
  }
  return light / opaque > 127 ? 0 : 255;
}

function isOpaque(data: Uint8Array | Uint8ClampedArray, count: number): boolean {
  for (let at = 3; at < 4 * count; at += 4) if (data[at] !== 255) return false;
  return true;
}

/** Luma of Rec. 601 in integers; a grey pixel keeps its value exactly. */
function toneAt(data: Uint8Array | Uint8ClampedArray, at: number): number {
  return (77 * (data[at] ?? 0) + 150 * (data[at + 1] ?? 0) + 29 * (data[at + 2] ?? 0) + 128) >> 8;
}

/**
 * The region as grey over `backdrop`, each `factor`×`factor` block averaged to one pixel. Blocks that the edge cuts are
 * averaged over what there is of them.
 */
export function grayOf(image: RgbaImage, backdrop: number, region: Region, factor: number): Gray {
  const width = Math.ceil(region.width / factor);
  const height = Math.ceil(region.height / factor);
  const out = new Uint8Array(width * height);
  const sums = new Uint32Array(width);
  const { data } = image;
  for (let row = 0; row < height; row++) {
    sums.fill(0);
    const firstY = region.top + row * factor;
    const lastY = Math.min(firstY + factor, region.top + region.height);
    for (let y = firstY; y < lastY; y++) {
      let at = 4 * (y * image.width + region.left);
      for (let column = 0, x = 0; column < width; column++) {
        const stop = Math.min(x + factor, region.width);
        let sum = 0;
        for (; x < stop; x++, at += 4) {
          const tone = toneAt(data, at);
          const alpha = data[at + 3] ?? 255;
          sum += alpha === 255 ? tone : Math.round((tone * alpha + backdrop * (255 - alpha)) / 255);
        }
        sums[column] = (sums[column] ?? 0) + sum;
      }
    }
    for (let column = 0; column < width; column++) {
      const across = Math.min(factor, region.width - column * factor);
      out[row * width + column] = Math.round((sums[column] ?? 0) / (across * (lastY - firstY)));
    }
  }
  return { width, height, data: out };
}

/** Otsu's threshold: the tone that separates two classes best; a tone at or above it is the upper class. 0 if uniform. */
export function otsu(histogram: Uint32Array, total: number): number {
  let sum = 0;
  for (let tone = 0; tone < 256; tone++) sum += tone * (histogram[tone] ?? 0);
  let below = 0;
  let sumBelow = 0;
  let best = 0;
  let threshold = 0;
  for (let tone = 0; tone < 255; tone++) {
    below += histogram[tone] ?? 0;
    sumBelow += tone * (histogram[tone] ?? 0);
    const above = total - below;
    if (below === 0) continue;
    if (above === 0) break;
    const difference = sumBelow / below - (sum - sumBelow) / above;
    const between = below * above * difference * difference;
    if (between > best) {
      best = between;
      threshold = tone + 1;
    }
  }
  return threshold;
}
