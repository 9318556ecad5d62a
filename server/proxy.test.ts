import { NextRequest } from "next/server";
import { afterEach, expect, test, vi } from "vitest";
import { config, proxy } from "../proxy.ts";

afterEach(() => vi.unstubAllEnvs());

const ask = (host: string, headers: Record<string, string> = {}) =>
  proxy(new NextRequest("http://localhost:3000/runs?x=1", { headers: { host, ...headers } }));
/** What Next gets to see of the request: its way of handing changed headers on. */
const seen = (response: Response, name: string) => response.headers.get(`x-middleware-request-${name}`);

test("without the front door a page has the policy, and Next its nonce", () => {
  const response = ask("localhost:3000", { "x-forwarded-host": "evil.example", "x-assay-path": "//evil.example" });
  const policy = response.headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/script-src 'self' 'nonce-[\w+/=]{24}' 'strict-dynamic';/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(seen(response, "content-security-policy")).toBe(policy);
  expect(seen(response, "x-forwarded-host")).toBe("localhost:3000");
  expect(seen(response, "x-assay-path")).toBe("/runs?x=1");
  expect(response.headers.get("x-frame-options")).toBe("DENY");
  const again = ask("localhost:3000").headers.get("content-security-policy");
  expect(again).not.toBe(policy);
});

test("a foreign host name is refused", () => {
  expect(ask("evil.example").status).toBe(403);
  vi.stubEnv("ASSAY_PUBLIC_URL", "https://assay.example.org");
  const response = ask("assay.example.org");
  expect([response.status, seen(response, "x-forwarded-host")]).toEqual([200, "assay.example.org"]);
});

test("behind the front door it adds nothing", () => {
  vi.stubEnv("ASSAY_INTERNAL_FRONT_DOOR", "1");
  expect([...ask("evil.example").headers.keys()]).toEqual(["x-middleware-next"]);
});

test("it stands before pages and next-auth, not before the API", () => {
  const [matcher = ""] = config.matcher;
  const matches = (path: string) => new RegExp(`^${matcher}$`).test(path);
  for (const path of ["/", "/runs", "/api-reference", "/api/auth/session", "/predictions", "/versions/1", "/draw"]) {
    expect(matches(path), path).toBe(true);
  }
  for (const path of ["/api/me", "/predict", "/health/ready", "/v2/models", "/_next/static/x.js", "/metrics"]) {
    expect(matches(path), path).toBe(false);
  }
});
