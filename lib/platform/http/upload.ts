import { Readable } from "node:stream";
import { AppError, InvalidError, LimitExceededError, UnsupportedTypeError } from "#lib/platform/errors.ts";

/**
 * A request's body as a stream of bytes, never held as a whole. It fails when it is longer or shorter than announced, or
 * breaks off, so that whoever stores it stores all or nothing.
 *
 * @throws UnsupportedTypeError compressed
 */
export function uploadStream(request: Request, maxBytes = Number.MAX_SAFE_INTEGER): Readable {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new UnsupportedTypeError("The body must not be compressed.", {
      details: [{ field: "Content-Encoding", problem: encoding.slice(0, 100), remedy: "Send it as it is." }],
    });
  }
  const announced = request.headers.get("content-length");
  return Readable.from(checked(request.body, announced === null ? undefined : Number(announced), maxBytes), {
    objectMode: false,
    highWaterMark: 512 * 1024,
  });
}

async function* checked(
  body: ReadableStream<Uint8Array> | null,
  announced: number | undefined,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  if (announced !== undefined && announced > maxBytes) throw tooLarge(maxBytes);
  try {
    if (body !== null) {
      for await (const chunk of body) {
        received += chunk.byteLength;
        if (received > maxBytes) throw tooLarge(maxBytes);
        yield chunk;
      }
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw brokeOff(received, announced, error);
  }
  if (announced !== undefined && received !== announced) throw brokeOff(received, announced);
}

function brokeOff(received: number, announced: number | undefined, cause?: unknown): InvalidError {
  const expected = announced === undefined ? "" : ` of ${announced}`;
  return new InvalidError(`The upload broke off after ${received}${expected} bytes.`, {
    code: "upload_incomplete",
    details: [{ field: "body", problem: "not complete", remedy: "Send it again." }],
    cause,
  });
}

function tooLarge(maxBytes: number): LimitExceededError {
  return new LimitExceededError("too_large", "The body is too large.", {
    details: [{ field: "body", problem: `more than ${maxBytes} bytes`, remedy: "Send it in more parts." }],
  });
}
