import { InvalidError, LimitExceededError, UnsupportedTypeError } from "#lib/platform/errors.ts";
import { jsonFaultOffset } from "#lib/platform/http/json-fault.ts";

const DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;

/**
 * Reads a JSON body of at most `maxBytes`. What is too long is refused by its announced length, or while it streams in.
 *
 * @throws UnsupportedTypeError another content type, or compressed
 * @throws LimitExceededError too long
 * @throws InvalidError empty, or not JSON: with the line and column of the fault
 */
export async function readJsonBody(request: Request, maxBytes = DEFAULT_MAX_BODY_BYTES): Promise<unknown> {
  const { headers } = request;
  const type = headers.get("content-type");
  if (type === null || !isJson(type)) {
    throw new UnsupportedTypeError("The body has to be JSON.", {
      details: [
        {
          field: "Content-Type",
          problem: type === null ? "absent" : `${type.slice(0, 100)} is not accepted here`,
          remedy: "Send Content-Type: application/json.",
        },
      ],
    });
  }
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding !== "identity") {
    throw new UnsupportedTypeError("The body must not be compressed.", {
      details: [{ field: "Content-Encoding", problem: encoding.slice(0, 100), remedy: "Send it as it is." }],
    });
  }
  const announced = headers.get("content-length");
  if (announced !== null && Number(announced) > maxBytes) {
    throw tooLarge(maxBytes);
  }
  // Node's parser never hands over more than the announced length.
  const text = announced === null ? new TextDecoder().decode(await readBytes(request, maxBytes)) : await request.text();
  if (text === "") {
    throw new InvalidError("The body is empty.", {
      details: [{ field: "body", problem: "empty", remedy: "Send a JSON object." }],
    });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(text, cause);
  }
}

function isJson(type: string): boolean {
  if (type === "application/json") return true;
  const essence = (type.split(";", 1)[0] ?? "").trim().toLowerCase();
  return essence === "application/json" || (essence.startsWith("application/") && essence.endsWith("+json"));
}

/** What is longer than `maxBytes`. */
export function tooLarge(maxBytes: number): LimitExceededError {
  return new LimitExceededError("too_large", "The body is too large.", {
    details: [
      { field: "body", problem: `more than ${maxBytes} bytes`, remedy: `Send at most ${formatBytes(maxBytes)}.` },
    ],
  });
}

function formatBytes(bytes: number): string {
  const megabytes = bytes / (1024 * 1024);
  return megabytes >= 1 ? `${Number(megabytes.toFixed(1))} MB` : `${bytes} bytes`;
}

/**
 * A body of at most `maxBytes`, as it is.
 *
 * @throws LimitExceededError too long
 */
export async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    size += part.value.byteLength;
    if (size > maxBytes) {
      // Not cancelled: that would cut the connection before the client has read why. Not left unread either: the next
      // request on the same connection would wait behind the rest for ever.
      discard(reader).catch(() => undefined);
      throw tooLarge(maxBytes);
    }
    chunks.push(part.value);
  }
  return Buffer.concat(chunks);
}

/** Reads on to the end, for nobody. The server's own time limit of a request bounds it. */
async function discard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  for (let part = await reader.read(); !part.done; part = await reader.read());
}

function notJson(text: string, cause: unknown): InvalidError {
  const offset = jsonFaultOffset(text);
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  const column = offset - before.lastIndexOf("\n");
  const found = offset < text.length ? `unexpected ${JSON.stringify(text[offset])}` : "it ends too early";
  return new InvalidError(`The body is not JSON: ${found} at position ${offset} (line ${line}, column ${column}).`, {
    code: "invalid_json",
    cause,
    details: [{ field: "body", problem: `${found} at position ${offset}`, remedy: "Mend the JSON there." }],
  });
}
