import { inflateSync } from "node:zlib";
import type { RgbaImage } from "#lib/engine/digit/types.ts";
import { damaged } from "#lib/engine/image/image-error.ts";

export interface PngHeader {
  width: number;
  height: number;
  /** Channels of the kinds read here, or null for palettes and the like. */
  channels: 1 | 2 | 3 | 4 | null;
}

const CHANNELS: Record<number, 1 | 2 | 3 | 4> = { 0: 1, 2: 3, 4: 2, 6: 4 };
const IHDR = 0x49484452;
const IDAT = 0x49444154;
const IEND = 0x49454e44;
const TRNS = 0x74524e53;

/**
 * Reads the size from the IHDR chunk; nothing is inflated. `channels` is null unless the image is 8 bits a channel, not
 * interlaced, and of colour type grey, grey + alpha, RGB or RGBA.
 * @throws ImageError damaged
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  const view = viewOf(bytes);
  if (bytes.length < 33 || view.getUint32(8) !== 13 || view.getUint32(12) !== IHDR)
    throw damaged("it has no PNG header");
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  if (width === 0 || height === 0) throw damaged(`its size is ${width}×${height}`);
  const plain = bytes[24] === 8 && bytes[26] === 0 && bytes[27] === 0 && bytes[28] === 0;
  return { width, height, channels: plain ? (CHANNELS[bytes[25] ?? -1] ?? null) : null };
}

/**
 * Decodes a plain 8-bit PNG, or returns null where it has transparency of another kind (tRNS).
 * Written here because the size of what is inflated has to be bounded by the header: Node's zlib takes that bound and
 * verifies the checksum, JavaScript decoders inflate whatever they are given.
 * @throws ImageError damaged
 */
export function decodePlainPng(bytes: Uint8Array, { width, height, channels }: PngHeader): RgbaImage | null {
  if (channels === null) return null;
  const packed = collectData(bytes);
  if (packed === null) return null;
  const stride = width * channels;
  let raw: Uint8Array;
  try {
    raw = inflateSync(packed, { maxOutputLength: (stride + 1) * height });
  } catch (error) {
    throw damaged("its pixel data cannot be unpacked, is cut off, or does not fit its size", error);
  }
  if (raw.length !== (stride + 1) * height) throw damaged("it holds fewer pixels than its header says");
  unfilter(raw, height, stride, channels);
  return { width, height, data: toRgba(raw, width, height, channels) };
}

/** The IDAT chunks joined; null if there is a tRNS chunk. */
function collectData(bytes: Uint8Array): Uint8Array | null {
  const view = viewOf(bytes);
  const parts: Uint8Array[] = [];
  let ended = false;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = view.getUint32(at + 4);
    if (at + 12 + length > bytes.length) throw damaged("a part of it is cut off");
    if (type === IDAT) parts.push(bytes.subarray(at + 8, at + 8 + length));
    else if (type === TRNS) return null;
    else if (type === IEND) {
      ended = true;
      break;
    }
    at += 12 + length;
  }
  const [only] = parts;
  if (!ended || !only) throw damaged("its end is missing");
  return parts.length === 1 ? only : Buffer.concat(parts);
}

/** Undoes the row filters (PNG specification, 9.2) in place; each row keeps its leading filter byte. */
function unfilter(raw: Uint8Array, height: number, stride: number, channels: number): void {
  for (let y = 0; y < height; y++) {
    const row = y * (stride + 1);
    const filter = raw[row] ?? 0;
    if (filter === 0) continue;
    if (filter > 4) throw damaged("a row has an unknown filter");
    const from = row + 1;
    const above = from - stride - 1;
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? (raw[from + i - channels] ?? 0) : 0;
      const up = y > 0 ? (raw[above + i] ?? 0) : 0;
      let predicted: number;
      if (filter === 1) predicted = left;
      else if (filter === 2) predicted = up;
      else if (filter === 3) predicted = (left + up) >> 1;
      else predicted = paeth(left, up, y > 0 && i >= channels ? (raw[above + i - channels] ?? 0) : 0);
      raw[from + i] = (raw[from + i] ?? 0) + predicted;
    }
  }
}

function paeth(a: number, b: number, c: number): number {
  const pa = Math.abs(b - c);
  const pb = Math.abs(a - c);
  const pc = Math.abs(a + b - 2 * c);
  if (pa <= pb && pa <= pc) return a;
  return pb <= pc ? b : c;
}

function toRgba(raw: Uint8Array, width: number, height: number, channels: 1 | 2 | 3 | 4): Uint8Array {
  const out = new Uint8Array(width * height * 4);
  const colour = channels >= 3;
  const alpha = channels === 2 || channels === 4;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = y * (width * channels + 1) + 1;
    for (let x = 0; x < width; x++, from += channels, to += 4) {
      const red = raw[from] ?? 0;
      out[to] = red;
      out[to + 1] = colour ? (raw[from + 1] ?? 0) : red;
      out[to + 2] = colour ? (raw[from + 2] ?? 0) : red;
      out[to + 3] = alpha ? (raw[from + channels - 1] ?? 0) : 255;
    }
  }
  return out;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
