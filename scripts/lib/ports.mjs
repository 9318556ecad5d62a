import net from "node:net";
import { codeOf } from "./failure.mjs";

/** A TCP port on the loopback that is free now. */
export function freePort() {
  return new Promise((/** @type {(port: number) => void} */ resolve, reject) => {
    const server = net.createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/**
 * Whether a server could listen there.
 * @param {number} port
 * @param {string} [host]
 * @returns {Promise<boolean>}
 * @throws the system's error when the address itself is not usable (EACCES, EADDRNOTAVAIL)
 */
export function isPortFree(port, host = "127.0.0.1") {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on("error", (error) => (codeOf(error) === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
