import { getRequestListener } from "@hono/node-server";

/**
 * The adapter's own Response: it writes a string body straight to the socket, where a web Response goes by way of a
 * stream (half the requests per second on `/predict`). The adapter would put it in the place of the global one; Next
 * lives in the same process and needs the real thing, so it is taken out and the globals are put back.
 */
export function takeLightResponse(): typeof Response {
  const request = Object.getOwnPropertyDescriptor(globalThis, "Request");
  const response = Object.getOwnPropertyDescriptor(globalThis, "Response");
  if (request === undefined || response === undefined) {
    throw new Error("this Node has no fetch API");
  }
  const native = globalThis.Response;
  getRequestListener(() => new native());
  const light = globalThis.Response;
  // Node defines them lazily, as accessors: read once, they are plain values.
  Object.defineProperty(globalThis, "Request", { ...request });
  Object.defineProperty(globalThis, "Response", { ...response });
  return light;
}
