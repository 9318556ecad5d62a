import { Readable } from "node:stream";
import type { ByteRange } from "#lib/platform/blob.ts";
import { type RawExchange, withRawBody } from "#lib/platform/http/raw.ts";
import { makeResponse } from "#lib/platform/http/reply.ts";

export interface Downloadable {
  entry: { path: string; digest: string; sizeBytes: number; mediaType: string };
  open(range?: ByteRange): Promise<Readable>;
}

/**
 * A file as a reply, streamed; one range of it where the request asks for one (RFC 9110, 14.2). Never shown in the browser
 * as a page of ours, whatever somebody put there.
 */
export async function downloadReply(
  { request, raw }: { request: Request; raw: RawExchange | undefined },
  file: Downloadable,
): Promise<Response> {
  const { digest, mediaType, path, sizeBytes } = file.entry;
  const fileName = path.slice(path.lastIndexOf("/") + 1);
  const etag = `"${digest}"`;
  const headers: Record<string, string> = {
    "Content-Type": mediaType,
    "Accept-Ranges": "bytes",
    "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    ETag: etag,
  };
  const range = rangeOf(request.headers, sizeBytes, etag);
  if (range === "unsatisfiable") {
    return makeResponse(null, 416, { ...headers, "Content-Range": `bytes */${sizeBytes}`, "Content-Length": "0" });
  }
  if (range !== undefined) headers["Content-Range"] = `bytes ${range.start}-${range.end}/${sizeBytes}`;
  headers["Content-Length"] = String(range === undefined ? sizeBytes : range.end - range.start + 1);
  const status = range === undefined ? 200 : 206;
  // HEAD: nothing is opened, or nobody would close it.
  if (request.method === "HEAD" || sizeBytes === 0) return makeResponse(null, status, headers);
  const body = await file.open(range ?? { start: 0, end: sizeBytes - 1 });
  if (raw !== undefined) return withRawBody(makeResponse(null, status, headers), body);
  return new Response(Readable.toWeb(body) as ReadableStream, { status, headers });
}

/** The one range that is asked for; undefined for the whole: none, several, one that is not understood, or another file's. */
function rangeOf(headers: Headers, size: number, etag: string): ByteRange | "unsatisfiable" | undefined {
  const asked = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(headers.get("range")?.trim() ?? "");
  const condition = headers.get("if-range");
  if (asked === null || (condition !== null && condition !== etag)) return undefined;
  const [, from = "", to = ""] = asked;
  if (from === "" && to === "") return undefined;
  if (from === "") {
    const last = Number(to);
    return last === 0 || size === 0 ? "unsatisfiable" : { start: Math.max(0, size - last), end: size - 1 };
  }
  const start = Number(from);
  const end = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < start) return undefined;
  return start >= size ? "unsatisfiable" : { start, end };
}
