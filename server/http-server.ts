import { createServer, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { Duplex } from "node:stream";

/** What Node's parser refuses before there is a request: its code → status, and how we say it. */
const REFUSALS: Record<string, { status: string; code: string; message: string }> = {
  HPE_HEADER_OVERFLOW: {
    status: "431 Request Header Fields Too Large",
    code: "too_large",
    message: "The request's address and headers have more than 16 kB.",
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: "413 Payload Too Large",
    code: "too_large",
    message: "The chunk extensions are too large.",
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: "408 Request Timeout",
    code: "timeout",
    message: "The request took too long to arrive.",
  },
};
const MALFORMED = { status: "400 Bad Request", code: "malformed", message: "The request is not HTTP." };

/**
 * Node's HTTP server with our limits: 16 kB of address and headers, which have 20 s to arrive, as the whole request has
 * 5 minutes. What its parser refuses is answered in our envelope.
 */
export function createHttpServer(listener: RequestListener, options: ServerOptions = {}): Server {
  const limits = { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 300_000, maxHeaderSize: 16_384 };
  const server = createServer({ ...limits, ...options }, listener);
  answerMalformed(server);
  return server;
}

function answerMalformed(server: Server): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
    const { status, code, message } = REFUSALS[error.code ?? ""] ?? MALFORMED;
    const body = JSON.stringify({ error: { code, message, requestId: "none" } });
    const headers = [
      `HTTP/1.1 ${status}`,
      "Content-Type: application/json; charset=utf-8",
      "X-Content-Type-Options: nosniff",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "Connection: close",
    ];
    socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
  });
}
