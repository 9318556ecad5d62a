import { expect, test } from "vitest";
import { parseEnv, ServerEnv } from "#lib/platform/env.ts";

const NEEDED = { DATABASE_URL: "postgresql://a:b@localhost:5432/c", ASSAY_SECRET: "x".repeat(32) };

test("fills in the documented defaults; empty counts as absent", () => {
  const env = parseEnv(ServerEnv, { ...NEEDED, PORT: "", REDIS_URL: "" });
  expect(env).toMatchObject({ HOST: "127.0.0.1", PORT: 3000, ASSAY_PUBLIC_PREDICT: true, ASSAY_ROLE: "server" });
  expect(env.REDIS_URL).toBeUndefined();
  expect(env.ASSAY_HOME).toMatch(/^\/.*\/\.assay$/);
});

test("lists every fault at once", () => {
  const bad = {
    ...NEEDED,
    DATABASE_URL: "mysql://x",
    PORT: "99999",
    ASSAY_BOOTSTRAP_KEY: "short",
    ASSAY_PUBLIC_PREDICT: "maybe",
  };
  expect(() => parseEnv(ServerEnv, bad)).toThrow(
    /DATABASE_URL: .*\n(.*\n)*.*PORT: .*\n(.*\n)*.*ASSAY_PUBLIC_PREDICT: .*\n(.*\n)*.*ASSAY_BOOTSTRAP_KEY: /,
  );
});

test("takes flags in both spellings", () => {
  expect(parseEnv(ServerEnv, { ...NEEDED, ASSAY_QUICKSTART: "0" }).ASSAY_QUICKSTART).toBe(false);
  expect(parseEnv(ServerEnv, { ...NEEDED, ASSAY_QUICKSTART: "true" }).ASSAY_QUICKSTART).toBe(true);
});
