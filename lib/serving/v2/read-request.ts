import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { LimitExceededError, UnsupportedTypeError } from "#lib/platform/errors.ts";
import { readBytes } from "#lib/platform/http/read-body.ts";
import { parsePart } from "#lib/platform/http/validate.ts";
import { invalid } from "#lib/serving/v2/invalid.ts";
import { InferBody } from "#lib/serving/v2/schemas.ts";

/** Packed and unpacked. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const UNPACK = { gzip: promisify(gunzip), deflate: promisify(inflate) };

/** An inference request: its JSON, and the bytes that follow it. */
export interface InferRequest {
  json: InferBody;
  binary: Uint8Array;
}

/**
 * Reads the body of an inference request: JSON, or with `Inference-Header-Content-Length` JSON of so many bytes and then
 * tensors. Packed by gzip or deflate, that length counts what was unpacked.
 *
 * @throws InvalidError | LimitExceededError | UnsupportedTypeError
 */
export async function readInferRequest(request: Request): Promise<InferRequest> {
  const { headers } = request;
  const body = await unpack(await readBytes(request, MAX_BODY_BYTES), headers.get("content-encoding"));
  const length = headers.get("inference-header-content-length");
  const end = length === null ? body.byteLength : Number(length);
  if (!Number.isInteger(end) || end < 1 || end > body.byteLength) {
    throw invalid(
      length === null ? "body" : "Inference-Header-Content-Length",
      length === null
        ? "it is empty"
        : `${length.slice(0, 40)} is not a length within the body's ${body.byteLength} bytes`,
      length === null ? "Send a JSON object with inputs." : "",
    );
  }
  return { json: parseJson(body.subarray(0, end)), binary: body.subarray(end) };
}

function parseJson(bytes: Uint8Array): InferBody {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
  } catch {
    throw invalid(
      "body",
      "it is not JSON",
      "Send JSON, and tensors after it only with Inference-Header-Content-Length.",
    );
  }
  return parsePart(InferBody, value, "body") as InferBody;
}

async function unpack(body: Uint8Array, encoding: string | null): Promise<Uint8Array> {
  if (encoding === null || encoding === "identity") return body;
  if (encoding !== "gzip" && encoding !== "deflate") {
    throw new UnsupportedTypeError(
      `Content-Encoding: ${encoding.slice(0, 40)} is not taken. Send gzip, deflate or none.`,
    );
  }
  try {
    return await UNPACK[encoding](body, { maxOutputLength: MAX_BODY_BYTES });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new LimitExceededError("too_large", `The body has more than ${MAX_BODY_BYTES} bytes when it is unpacked.`);
    }
    throw invalid("body", `it is not ${encoding}, as Content-Encoding says`);
  }
}
