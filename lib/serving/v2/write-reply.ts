import { promisify } from "node:util";
import { constants, gzip } from "node:zlib";
import type { RawTensor } from "#lib/engine/onnx/tensors.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";
import { datatypeOf } from "#lib/serving/v2/datatypes.ts";
import { jsonOfTensor } from "#lib/serving/v2/json-data.ts";
import type { InferBody } from "#lib/serving/v2/schemas.ts";

/** Smaller replies are not worth packing. */
const PACK_FROM_BYTES = 16 * 1024;
const pack = promisify(gzip);

/**
 * The reply to an inference: JSON, or JSON and then the tensors that were asked for as binary, with
 * `Inference-Header-Content-Length`.
 *
 * @param of.accepts the request's Accept-Encoding
 */
export async function writeReply(of: {
  model: string;
  version: number;
  request: InferBody;
  tensors: readonly RawTensor[];
  accepts: string | null;
}): Promise<Response> {
  const { model, version, request, tensors } = of;
  const parts: Uint8Array[] = [];
  const outputs = tensors.map((tensor) => {
    const { name, type, dims, bytes } = tensor;
    const head = JSON.stringify({ name, datatype: datatypeOf(type), shape: dims }).slice(0, -1);
    if (!isBinary(request, name)) return `${head},"data":${jsonOfTensor(tensor)}}`;
    parts.push(bytes);
    return `${head},"parameters":{"binary_data_size":${bytes.byteLength}}}`;
  });
  const head = JSON.stringify({
    ...{ model_name: model, model_version: String(version) },
    ...(request.id !== undefined && request.id !== "" && { id: request.id }),
  }).slice(0, -1);
  // Put together by hand: JSON.stringify knows no integers of 64 bits.
  const json = `${head},"outputs":[${outputs.join(",")}]}`;
  if (parts.length === 0) return packed(json, { "Content-Type": "application/json; charset=utf-8" }, of.accepts);
  const start = Buffer.from(json);
  return packed(
    Buffer.concat([start, ...parts]),
    { "Content-Type": "application/octet-stream", "Inference-Header-Content-Length": String(start.byteLength) },
    of.accepts,
  );
}

/** What is said of one output counts, else what is said of the request. */
function isBinary(request: InferBody, name: string): boolean {
  const own = request.outputs?.find((output) => output.name === name)?.parameters?.["binary_data"];
  return (own ?? request.parameters?.["binary_data_output"]) === true;
}

async function packed(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string>,
  accepts: string | null,
): Promise<Response> {
  const takesGzip = /(?:^|,)\s*gzip\s*(?:,|$)/i.test(accepts ?? "");
  if (!takesGzip || body.length < PACK_FROM_BYTES) return makeResponse(body, 200, headers);
  const small = await pack(body, { level: constants.Z_BEST_SPEED });
  return makeResponse(new Uint8Array(small), 200, { ...headers, "Content-Encoding": "gzip", Vary: "Accept-Encoding" });
}
