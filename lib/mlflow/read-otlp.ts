import { promisify } from "node:util";
import zlib from "node:zlib";
import { InvalidError, UnsupportedTypeError } from "#lib/platform/errors.ts";
import { missingParameter } from "#lib/platform/http/mlflow-fault.ts";
import { readBytes, tooLarge } from "#lib/platform/http/read-body.ts";
import { decodeJsonSpans } from "#lib/tracking/traces/decode-json-spans.ts";
import { decodeSpans } from "#lib/tracking/traces/decode-spans.ts";
import type { DecodedSpan } from "#lib/tracking/traces/span-draft.ts";

export const OTLP = "application/x-protobuf";
export const EXPERIMENT_HEADER = "x-mlflow-experiment-id";
/** Of a request with spans, also once it is unpacked. */
export const MAX_SPANS_BYTES = 10 * 1024 * 1024;

type Unpack = (packed: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
const PACKED: { [encoding: string]: Unpack } = {
  gzip: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.gunzip),
  deflate: promisify<Buffer, zlib.ZlibOptions, Buffer>(zlib.inflate),
};

/**
 * What an OTLP request says, and of which experiment.
 *
 * @throws InvalidError         no experiment is named, or the body is not OTLP or not packed as it says
 * @throws UnsupportedTypeError neither protobuf nor JSON, or packed otherwise
 * @throws LimitExceededError   too long
 */
export async function readOtlp(
  request: Request,
): Promise<{ experimentId: string; spans: DecodedSpan[]; isJson: boolean }> {
  const experimentId = request.headers.get(EXPERIMENT_HEADER);
  if (!experimentId) {
    throw new InvalidError(missingParameter(EXPERIMENT_HEADER), {
      details: [{ field: EXPERIMENT_HEADER, problem: "absent", remedy: "Send the experiment's id in this header." }],
    });
  }
  const type = (request.headers.get("content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase();
  const isJson = type === "application/json";
  if (type !== OTLP && !isJson) {
    throw notTaken("Content-Type", "not accepted here", `Send Content-Type: ${OTLP} or application/json.`);
  }
  const encoding = request.headers.get("content-encoding")?.toLowerCase() ?? "identity";
  const unpack = Object.hasOwn(PACKED, encoding) ? PACKED[encoding] : undefined;
  if (unpack === undefined && encoding !== "identity") {
    throw notTaken("Content-Encoding", "not accepted here", "Send it by gzip or deflate, or as it is.");
  }
  const sent = await readBytes(request, MAX_SPANS_BYTES);
  const body = unpack === undefined ? sent : await unpacked(unpack, sent);
  return { experimentId, spans: isJson ? decodeJsonSpans(body) : decodeSpans(body), isJson };
}

async function unpacked(unpack: Unpack, sent: Buffer): Promise<Buffer> {
  try {
    return await unpack(sent, { maxOutputLength: MAX_SPANS_BYTES });
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ERR_BUFFER_TOO_LARGE") {
      throw tooLarge(MAX_SPANS_BYTES);
    }
    throw new InvalidError("The body is not packed as its Content-Encoding says.", {
      cause,
      details: [{ field: "body", problem: "cannot be unpacked", remedy: "Name the encoding that it has, or none." }],
    });
  }
}

function notTaken(field: string, problem: string, remedy: string): UnsupportedTypeError {
  return new UnsupportedTypeError("Spans are taken as protobuf or JSON of OTLP.", {
    details: [{ field, problem, remedy }],
  });
}
