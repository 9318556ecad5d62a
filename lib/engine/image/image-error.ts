export type ImageErrorCode = "not_an_image" | "unsupported_format" | "too_large" | "damaged";

/** An upload that cannot be decoded. `message` is for people, `remedy` says what to do; recognise it by `code`. */
export class ImageError extends Error {
  readonly code: ImageErrorCode;
  readonly remedy: string;

  constructor(code: ImageErrorCode, message: string, remedy: string, options?: { cause: unknown }) {
    super(message, options);
    this.name = "ImageError";
    this.code = code;
    this.remedy = remedy;
  }
}

export function damaged(what: string, cause?: unknown): ImageError {
  return new ImageError(
    "damaged",
    `The image is damaged: ${what}.`,
    "Save it again as PNG or JPEG and send the whole file.",
    cause === undefined ? undefined : { cause },
  );
}
