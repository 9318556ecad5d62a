import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { type GuardedRequest, guardedFetch } from "#lib/platform/egress.ts";
import { isPublicAddress } from "#lib/platform/egress-policy.ts";

/** A server on loopback: whatever may not be called is called here when the guard fails. */
async function withServer(answer: RequestListener, use: (port: number, seen: string[]) => Promise<void>) {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.headers.host} ${request.url}`);
    answer(request, response);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    await use((server.address() as AddressInfo).port, seen);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const refused = { code: "egress_refused" };
const failed = { code: "egress_failed" };
const call = (url: string, more: Partial<GuardedRequest> = {}) => guardedFetch(url, { allow: "", ...more });

test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111"])(
  "%s is of the Internet",
  (address) => expect(isPublicAddress(address)).toBe(true),
);

test.each([
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "127.0.0.1",
  "127.255.1.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "192.0.0.192",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:7f00:1",
  "::ffff:8.8.8.8",
  "::127.0.0.1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:0:7f00:1::",
  "2001:db8::1",
  "fc00::1",
  "fd00:ec2::254",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "not an address",
])("%s is not", (address) => expect(isPublicAddress(address)).toBe(false));

test("reaches nothing on this machine or in this network, however it is written", async () => {
  await withServer(
    (_request, response) => response.end("reached"),
    async (port, seen) => {
      for (const host of [
        "127.0.0.1",
        "localhost",
        "localhost.",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "①②⑦.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
      ]) {
        for (const scheme of ["https", "http"]) {
          await expect(call(`${scheme}://${host}:${port}/`), `${scheme}://${host}`).rejects.toMatchObject(refused);
        }
      }
      expect(seen).toEqual([]);
    },
  );
});

test("takes https only, and no credentials in the URL", async () => {
  const resolve = async () => ["8.8.8.8"];
  for (const url of [
    "http://hooks.example/",
    "ftp://hooks.example/",
    "file:///etc/passwd",
    "gopher://x/",
    "data:,x",
    "hooks",
    "",
  ]) {
    await expect(call(url, { resolve }), url).rejects.toMatchObject(refused);
  }
  await expect(call("https://user:secret@hooks.example/", { resolve })).rejects.toMatchObject(refused);
});

test("one private address among public ones is enough to refuse the name", async () => {
  const resolve = async () => ["8.8.8.8", "10.0.0.1"];
  await expect(call("https://hooks.example/", { resolve })).rejects.toMatchObject(refused);
});

test("a name is resolved once: what it points to a moment later is not called", async () => {
  await withServer(
    (_request, response) => response.end("reached"),
    async (port, seen) => {
      let asked = 0;
      const resolve = async () => (++asked === 1 ? ["127.0.0.1"] : ["127.0.0.2"]);
      const reply = await call(`http://hooks.example:${port}/x`, { resolve, allow: "127.0.0.1/32", body: "{}" });
      expect([reply.status, reply.body.toString(), asked]).toEqual([200, "reached", 1]);
      expect(seen).toEqual([`POST hooks.example:${port} /x`]);
      await expect(call(`http://hooks.example:${port}/x`, { resolve, allow: "127.0.0.1/32" })).rejects.toMatchObject(
        refused,
      );
    },
  );
});

test("exceptions: hosts and ranges by name; a cloud's metadata only by its range", async () => {
  const resolve = async () => ["169.254.169.254"];
  await expect(call("http://hooks.internal/", { resolve, allow: "hooks.internal" })).rejects.toMatchObject(refused);
  await withServer(
    (_request, response) => response.end("ok"),
    async (port) => {
      const loopback = async () => ["127.0.0.1"];
      const url = `http://hooks.internal:${port}/`;
      expect((await call(url, { resolve: loopback, allow: "other, hooks.internal" })).status).toBe(200);
      expect((await call(url, { resolve: loopback, allow: "10.0.0.0/8,127.0.0.0/8" })).status).toBe(200);
      await expect(call(url, { resolve: loopback, allow: "internal" })).rejects.toMatchObject(refused);
      await expect(call(url, { resolve: loopback, allow: "127.0.0.0/99" })).rejects.toMatchObject(refused);
    },
  );
});

test("does not follow a redirect, wait for ever or read without end", async () => {
  const allow = "127.0.0.1";
  await withServer(
    (request, response) => {
      if (request.url === "/redirect") response.writeHead(302, { Location: "http://169.254.169.254/" }).end();
      else if (request.url === "/long") response.end(Buffer.alloc(200_000));
      else if (request.url === "/drip") response.write("x");
    },
    async (port, seen) => {
      const base = `http://127.0.0.1:${port}`;
      expect((await call(`${base}/redirect`, { allow })).status).toBe(302);
      await expect(call(`${base}/long`, { allow })).rejects.toMatchObject(failed);
      await expect(call(`${base}/hang`, { allow, timeoutMs: 200 })).rejects.toMatchObject(failed);
      await expect(call(`${base}/drip`, { allow, timeoutMs: 200 })).rejects.toMatchObject(failed);
      expect(seen).toHaveLength(4);
      const never = () => new Promise<string[]>(() => undefined);
      await expect(call("https://hooks.example/", { resolve: never, timeoutMs: 100 })).rejects.toMatchObject(failed);
    },
  );
});
