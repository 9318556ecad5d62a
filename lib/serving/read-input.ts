import { imageToDigit } from "#lib/engine/digit/image-to-digit.ts";
import { pixelsToDigit } from "#lib/engine/digit/pixels-to-digit.ts";
import { DIGIT_PIXELS, type DigitResult } from "#lib/engine/digit/types.ts";
import { decodeImage, ImageError } from "#lib/engine/image/decode.ts";
import { InvalidError } from "#lib/platform/errors.ts";

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const DATA_URL = /^data:[\w/+.-]*;base64,/;

const IMAGE_REMEDY = "Send the base64 of a PNG or JPEG that shows one digit.";

/**
 * One input of a prediction as 784 bytes, white ink on black.
 *
 * @throws InvalidError 400 that names the field and the remedy
 */
export async function readInput(
  input: { image?: string | undefined; pixels?: number[] | undefined },
  field = "",
): Promise<Uint8Array> {
  if (input.pixels !== undefined && input.image === undefined) {
    return accepted(pixelsToDigit(input.pixels), `${field}pixels`);
  }
  if (input.image !== undefined && input.pixels === undefined) {
    return accepted(await digitOfImage(input.image, `${field}image`), `${field}image`);
  }
  throw invalid("input_missing", `${field}image`, "Send either image or pixels.", `${IMAGE_REMEDY} Or 784 pixels.`);
}

async function digitOfImage(image: string, field: string): Promise<DigitResult> {
  const text = image.replace(DATA_URL, "").replace(/\s+/g, "");
  if (!BASE64.test(text) || text.length % 4 === 1) {
    throw invalid("not_base64", field, "The text is not base64.", IMAGE_REMEDY);
  }
  try {
    return imageToDigit(await decodeImage(Buffer.from(text, "base64")));
  } catch (error) {
    if (error instanceof ImageError) {
      throw invalid(error.code, field, error.message, IMAGE_REMEDY, error);
    }
    throw error;
  }
}

function accepted(result: DigitResult, field: string): Uint8Array {
  if (!result.ok) {
    throw invalid(result.code, field, result.message, result.remedy);
  }
  if (result.pixels.length !== DIGIT_PIXELS) {
    throw new Error(`the preprocessing gave ${result.pixels.length} pixels`);
  }
  return result.pixels;
}

function invalid(code: string, field: string, problem: string, remedy: string, cause?: unknown): InvalidError {
  return new InvalidError(problem, { code, details: [{ field, problem, remedy }], cause });
}
