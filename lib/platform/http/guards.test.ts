import { expect, test } from "vitest";
import { clientAddress, isLoopbackAddress } from "#lib/platform/http/address.ts";
import { createCors } from "#lib/platform/http/cors.ts";
import { createHostAllowlist } from "#lib/platform/http/host-allowlist.ts";
import { requireOwnOrigin } from "#lib/platform/http/origin.ts";

test("believes X-Forwarded-For only as far as trusted proxies wrote it", () => {
  expect(clientAddress("10.0.0.1", "6.6.6.6", 0)).toBe("10.0.0.1");
  expect(clientAddress("10.0.0.1", "6.6.6.6, 7.7.7.7", 1)).toBe("7.7.7.7");
  expect(clientAddress("10.0.0.1", "6.6.6.6, 7.7.7.7, 10.0.0.2", 2)).toBe("7.7.7.7");
  expect(clientAddress("10.0.0.1", "not an address", 1)).toBe("10.0.0.1");
  expect(clientAddress("::ffff:127.0.0.1", null, 0)).toBe("127.0.0.1");
  expect(clientAddress(undefined, null, 0)).toBeUndefined();
});

test.each(["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "::ffff:127.0.0.1"])("%s is loopback", (address) => {
  expect(isLoopbackAddress(address)).toBe(true);
});
test.each(["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.evil.example", ""])("%s is not loopback", (address) => {
  expect(isLoopbackAddress(address)).toBe(false);
});

test("answers to its own names and to addresses, not to a name that was made to point here", () => {
  const allows = createHostAllowlist(["assay.example.org", " Other.Example "]);
  for (const host of [
    "localhost:3000",
    "127.0.0.1:3000",
    "[::1]:3000",
    "10.1.2.3",
    "assay.example.org",
    "OTHER.example:8080",
  ]) {
    expect(allows(host), host).toBe(true);
  }
  for (const host of [
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "",
    "a b",
    "x@localhost",
    null,
  ]) {
    expect(allows(host), String(host)).toBe(false);
  }
});

test("CORS answers listed origins only, and none by default", () => {
  expect(createCors([""])("https://app.example.org")).toBeUndefined();
  const cors = createCors(["https://app.example.org"]);
  expect(cors("https://app.example.org")).toMatchObject({ "Access-Control-Allow-Origin": "https://app.example.org" });
  expect(cors("https://evil.example")).toBeUndefined();
  expect(cors(null)).toBeUndefined();
  expect(createCors(["*"])("https://any.example")).toMatchObject({ "Access-Control-Allow-Origin": "*" });
});

test("a write with a cookie comes from our own pages", () => {
  const check = (headers: Record<string, string>, publicUrl?: string) => () =>
    requireOwnOrigin(new Headers({ host: "localhost:3000", ...headers }), publicUrl);
  expect(check({ "sec-fetch-site": "same-origin" })).not.toThrow();
  expect(check({ origin: "http://localhost:3000" })).not.toThrow();
  expect(check({ origin: "https://assay.example.org" }, "https://assay.example.org/")).not.toThrow();
  expect(check({})).toThrow(/own pages/);
  expect(check({ origin: "http://localhost:5173" })).toThrow(/own pages/);
  expect(check({ origin: "https://evil.example", "sec-fetch-site": "cross-site" })).toThrow(/own pages/);
  expect(check({ origin: "null" })).toThrow(/own pages/);
});
