import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { pipeline } from "node:stream/promises";

/**
 * `bare-server.ts <file>`: PUT writes the file, as durable as ours and with its SHA-256; GET reads it. Sends its port to the
 * process that forked it.
 */
const [, , file = ""] = process.argv;
const server = createServer((incoming, reply) => {
  const hash = createHash("sha256");
  const done =
    incoming.method === "PUT"
      ? pipeline(
          incoming.on("data", (chunk) => hash.update(chunk)),
          createWriteStream(file, { flush: true }),
        ).then(() => reply.end(hash.digest("hex")))
      : pipeline(createReadStream(file, { highWaterMark: 2 ** 20 }), reply);
  done.catch((error) => reply.destroy(error));
});
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
process.on("disconnect", () => process.exit());
