import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { isAppError } from "#lib/platform/errors.ts";
import { rawExchangeOf } from "#lib/platform/http/raw.ts";
import { uploadStream } from "#lib/platform/http/upload.ts";

test("whoever sends too much reads why instead of being cut off", async () => {
  const server = createServer(async (incoming, outgoing) => {
    const request = new Request("http://localhost/", { method: "PUT" });
    const raw = rawExchangeOf({ incoming, outgoing });
    let received = 0;
    try {
      for await (const piece of uploadStream({ request, raw }, 1_000_000)) received += piece.byteLength;
      outgoing.end(String(received));
    } catch (error) {
      outgoing.end(isAppError(error) ? error.code : "internal");
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = (size: number) =>
    new Promise<string>((resolve, reject) => {
      const sent = httpRequest({ host: "127.0.0.1", port, method: "PUT", agent }, (reply) => {
        let text = "";
        reply.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        reply.on("end", () => resolve(text));
      });
      sent.on("error", reject);
      sent.end(Buffer.alloc(size));
    });
  try {
    expect(await send(1_000_000)).toBe("1000000");
    expect(await send(8_000_000)).toBe("too_large");
    expect(await send(5)).toBe("5");
  } finally {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  }
});
