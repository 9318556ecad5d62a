import sharp from "sharp";
import type { RgbaImage } from "#lib/engine/digit/types.ts";
import { decodePlainPng, readPngHeader } from "#lib/engine/image/decode-plain-png.ts";
import { damaged, ImageError } from "#lib/engine/image/image-error.ts";

export { ImageError };

export interface ImageLimits {
  /** Width × height of what is sent. */
  maxPixels: number;
}

const DEFAULT_IMAGE_LIMITS: ImageLimits = { maxPixels: 16 * 1024 * 1024 };

/** PNGs up to this many pixels are decoded at once; larger ones go to sharp's threads, off the event loop. */
const AT_ONCE_PIXELS = 512 * 512;
/** Photographs are brought to this side: enough for a digit of a hundredth of the frame. */
const WORKING_SIDE = 2048;

/**
 * Decodes a PNG or JPEG to RGBA, upright by its EXIF orientation. The size is checked before pixels are unpacked, so a small
 * file cannot take much memory or time. Images beyond 2048 pixels a side are reduced to that.
 *
 * @throws ImageError not_an_image, unsupported_format, too_large, damaged
 */
export async function decodeImage(bytes: Uint8Array, limits: ImageLimits = DEFAULT_IMAGE_LIMITS): Promise<RgbaImage> {
  const format = sniff(bytes);
  if (format === "png") {
    const header = readPngHeader(bytes);
    checkSize(header.width, header.height, limits);
    if (header.channels !== null && header.width * header.height <= AT_ONCE_PIXELS) {
      const image = decodePlainPng(bytes, header);
      if (image) return image;
    }
  }
  return decodeWithSharp(bytes, limits);
}

async function decodeWithSharp(bytes: Uint8Array, limits: ImageLimits): Promise<RgbaImage> {
  try {
    // The header's size is checked below, with our own words; sharp's limit stays as the second lock.
    const input = sharp(bytes, { failOn: "error", limitInputPixels: limits.maxPixels, animated: false });
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata();
    checkSize(width, height, limits);
    const { data, info } = await input
      .autoOrient()
      .resize({
        width: WORKING_SIDE,
        height: WORKING_SIDE,
        fit: "inside",
        withoutEnlargement: true,
        kernel: "mitchell",
      })
      .toColourspace("srgb")
      .ensureAlpha()
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, data: new Uint8Array(data.buffer, data.byteOffset, data.length) };
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw damaged("it cannot be decoded to its end", error);
  }
}

function checkSize(width: number, height: number, { maxPixels }: ImageLimits): void {
  if (!(width > 0 && height > 0)) throw damaged(`its size is ${width}×${height}`);
  if (width * height > maxPixels) {
    throw new ImageError(
      "too_large",
      `The image has ${width}×${height} pixels, more than ${(maxPixels / 2 ** 20).toFixed(0)} megapixels.`,
      "Send a smaller image; 280×280 is plenty for a digit.",
    );
  }
}

const OTHER_FORMATS: readonly [name: string, at: number, magic: string][] = [
  ["GIF", 0, "GIF8"],
  ["WebP", 8, "WEBP"],
  ["BMP", 0, "BM"],
  ["TIFF", 0, "II*\0"],
  ["TIFF", 0, "MM\0*"],
  ["HEIC or AVIF", 4, "ftyp"],
  ["SVG", 0, "<svg"],
  ["SVG", 0, "<?xml"],
  ["PDF", 0, "%PDF"],
];

/** PNG or JPEG by the first bytes. Only these two reach a decoder. */
function sniff(bytes: Uint8Array): "png" | "jpeg" {
  const text = String.fromCharCode(...bytes.subarray(0, 16));
  if (text.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (text.startsWith("\xff\xd8\xff")) return "jpeg";
  const other = OTHER_FORMATS.find(([, at, magic]) => text.startsWith(magic, at));
  if (other) {
    throw new ImageError("unsupported_format", `The image is a ${other[0]} file.`, "Send it as PNG or JPEG.");
  }
  throw new ImageError(
    "not_an_image",
    bytes.length === 0 ? "The image is empty." : "This is not an image.",
    "Send the bytes of a PNG or JPEG file, in base64.",
  );
}
