import type { IncomingMessage } from "node:http";
import { AppError, InvalidError, LimitExceededError, UnsupportedTypeError } from "#lib/platform/errors.ts";
import type { RawExchange } from "#lib/platform/http/raw.ts";

/**
 * A request's body as pieces of bytes, never held as a whole. It fails when it is longer or shorter than announced, or
 * breaks off, so that whoever stores it stores all or nothing.
 *
 * @throws UnsupportedTypeError compressed
 */
export function uploadStream(
  { request, raw }: { request: Request; raw: RawExchange | undefined },
  maxBytes = Number.MAX_SAFE_INTEGER,
): AsyncIterable<Uint8Array> {
  const encoding = request.headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new UnsupportedTypeError("The body must not be compressed.", {
      details: [{ field: "Content-Encoding", problem: encoding.slice(0, 100), remedy: "Send it as it is." }],
    });
  }
  const announced = request.headers.get("content-length");
  const body = raw === undefined ? (request.body ?? []) : piecesOf(raw.incoming);
  return checked(body, announced === null ? undefined : Number(announced), maxBytes);
}

async function* piecesOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    // Not destroyed when nobody wants the rest: that would cut the connection before the client has read why.
    yield* incoming.iterator({ destroyOnReturn: false });
  } finally {
    incoming.resume();
  }
}

async function* checked(
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  announced: number | undefined,
  maxBytes: number,
): AsyncGenerator<Uint8Array> {
  let received = 0;
  if (announced !== undefined && announced > maxBytes) throw tooLarge(maxBytes);
  try {
    for await (const chunk of body) {
      received += chunk.byteLength;
      if (received > maxBytes) throw tooLarge(maxBytes);
      yield chunk;
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
