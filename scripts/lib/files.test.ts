import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { childEnv } from "./child-env.mjs";
import { requireSpace } from "./disk.mjs";
import { hashOf, makeHome, readJson } from "./files.mjs";
import { homeHolder, releaseHome, takeHome } from "./home-lock.mjs";
import { isInstalled } from "./install.mjs";
import { missingPlatformPackages } from "./lockfile.mjs";
import { lastLines, openLog } from "./log-file.mjs";
import { checkNode } from "./node-version.mjs";
import { places } from "./paths.mjs";
import { instanceId, secret } from "./secrets.mjs";
import { playwrightCounts, vitestCounts } from "./test-counts.mjs";
import { requirements } from "./test-require.mjs";

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-files-"));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const write = (name: string, content: unknown) => {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
};
const env = (more: Record<string, string>): NodeJS.ProcessEnv => ({ NODE_ENV: "test", ...more });

test("a log file is turned over at its limit, and only so many are kept", () => {
  const file = path.join(folder, "x.log");
  const log = openLog(file, { maxBytes: 100, kept: 3 });
  for (let index = 0; index < 20; index += 1) log.write(`line ${String(index).padStart(2, "0")} ${"x".repeat(20)}\n`);
  log.close();
  expect(fs.readdirSync(folder).sort()).toEqual(["x.log", "x.log.1", "x.log.2"]);
  expect(lastLines(file, 1)[0]).toContain("line 19");
  for (const name of fs.readdirSync(folder)) {
    expect(fs.statSync(path.join(folder, name)).size).toBeLessThanOrEqual(100);
    expect(fs.statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
  }
});

test("the environment of the processes has absolute paths and secrets, and not the owner's database address", () => {
  const given = env({
    INIT_CWD: folder,
    ASSAY_HOME: "state",
    ASSAY_DATA_DIR: "../data",
    MIGRATE_DATABASE_URL: "postgresql://owner@h/d",
    ASSAY_ADMIN_EMAIL: "a@b.c",
  });
  const made = childEnv({ databaseUrl: "postgresql://app@h/d", host: "127.0.0.1", port: 3000, env: given });
  expect(made["ASSAY_HOME"]).toBe(path.join(folder, "state"));
  expect(made["ASSAY_DATA_DIR"]).toBe(path.resolve(folder, "../data"));
  expect(made["MIGRATE_DATABASE_URL"]).toBeUndefined();
  expect(made["DATABASE_URL"]).toBe("postgresql://app@h/d");
  expect(made["ASSAY_ADMIN_EMAIL"]).toBe("a@b.c");
  expect(made["ASSAY_SECRET"]?.length).toBeGreaterThanOrEqual(32);
  const again = childEnv({ databaseUrl: "postgresql://app@h/d", host: "127.0.0.1", port: 3000, env: given });
  expect(again["ASSAY_SECRET"]).toBe(made["ASSAY_SECRET"]);
  expect(places(env({ HOME: "/x", XDG_CACHE_HOME: "/cache" })).cache).toBe("/cache/assay");
});

test("a secret is made once, for its owner only", () => {
  expect(secret(folder, "one")).toBe(secret(folder, "one"));
  expect(secret(folder, "one")).not.toBe(secret(folder, "two"));
  expect(fs.statSync(path.join(folder, "secrets", "one")).mode & 0o777).toBe(0o600);
  expect(instanceId(folder)).toMatch(/^[0-9a-f]{16}$/);
});

test("a home has one start at a time; one that was killed does not hold it", () => {
  fs.mkdirSync(path.join(folder, "run"));
  expect(takeHome(folder, "http://a")).toBeUndefined();
  expect(homeHolder(folder)).toMatchObject({ pid: process.pid, address: "http://a" });
  expect(takeHome(folder, "http://b")).toMatchObject({ address: "http://a" });
  releaseHome(folder);
  write("run/start.json", {
    pid: process.pid,
    identity: `${process.pid}@of-an-earlier-process`,
    address: "http://old",
  });
  expect(homeHolder(folder)).toBeUndefined();
  expect(takeHome(folder, "http://new")).toBeUndefined();
});

test("packages are current when the stamp or every locked version says so", () => {
  const lock = {
    packages: {
      "": {},
      "node_modules/a": { version: "1.0.0" },
      "node_modules/d": { version: "2.0.0", dev: true },
      "node_modules/o": { version: "3.0.0", optional: true },
    },
  };
  write("package-lock.json", lock);
  expect(isInstalled({ root: folder })).toBe(false);
  write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "1.0.0" } } });
  expect(isInstalled({ root: folder })).toBe(true);
  expect(isInstalled({ root: folder, dev: true })).toBe(false);
  write("node_modules/.package-lock.json", { packages: { "node_modules/a": { version: "0.9.0" } } });
  expect(isInstalled({ root: folder })).toBe(false);
});

test("a hash follows names and contents, and leaves out what is not built", () => {
  write("src/a.ts", "a");
  write("src/a.test.ts", "t");
  const keep = (file: string) => !file.endsWith(".test.ts");
  const first = hashOf(folder, ["src", "missing"], keep);
  write("src/a.test.ts", "changed");
  expect(hashOf(folder, ["src", "missing"], keep)).toBe(first);
  fs.renameSync(path.join(folder, "src/a.ts"), path.join(folder, "src/b.ts"));
  expect(hashOf(folder, ["src", "missing"], keep)).not.toBe(first);
});

test("an old Node and a full disk are refused with the remedy", () => {
  for (const version of ["18.20.1", "20.18.9"]) expect(() => checkNode(version)).toThrow(/too old/);
  for (const version of ["20.19.0", "22.1.0", "24.0.0"]) expect(() => checkNode(version)).not.toThrow();
  expect(() => requireSpace(path.join(folder, "not", "yet"), 1e18, "everything")).toThrow(/nearly full/);
  expect(() => requireSpace(folder, 1, "one byte")).not.toThrow();
});

test("damaged JSON counts as absent", () => {
  expect(readJson(write("x.json", "{"))).toBeUndefined();
  expect(readJson(write("y.json", "[1]"))).toBeUndefined();
});

test("the count of vitest's report includes files that do not load, and errors outside tests", () => {
  const report = {
    testResults: [
      {
        name: "a",
        status: "failed",
        assertionResults: [
          { status: "passed", fullName: "1" },
          { status: "failed", fullName: "2" },
        ],
      },
      { name: "b", status: "failed", message: "cannot load\nstack", assertionResults: [] },
      { name: "c", status: "passed", assertionResults: [{ status: "skipped", fullName: "3" }] },
    ],
  };
  const counts = vitestCounts(write("v.json", report), 1);
  expect(counts).toMatchObject({ passed: 1, failed: 2, skipped: 1 });
  expect(counts.names).toContain("failed: b: cannot load");
  const fine = {
    testResults: [{ name: "a", status: "passed", assertionResults: [{ status: "passed", fullName: "1" }] }],
  };
  expect(vitestCounts(write("v.json", fine), 0)).toMatchObject({ passed: 1, failed: 0 });
  expect(vitestCounts(write("v.json", fine), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(vitestCounts(path.join(folder, "absent.json"), 1)).toMatchObject({ passed: 0, failed: 1 });
  expect(vitestCounts(write("v.json", { testResults: [] }), 0)).toMatchObject({ passed: 0, failed: 1 });
});

test("the count of Playwright's report names what failed and what passed at the second try only", () => {
  const spec = (status: string, message?: string) => ({
    title: status,
    tests: [{ status, results: message === undefined ? [{}] : [{ error: { message } }, {}] }],
  });
  const report = {
    suites: [
      {
        title: "file",
        specs: [spec("expected"), spec("flaky", "\u001b[31mlate\u001b[39m\nstack"), spec("unexpected", "wrong")],
        suites: [{ title: "group", specs: [spec("skipped")] }],
      },
    ],
  };
  const counts = playwrightCounts(write("p.json", report), 1);
  expect(counts).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
  expect(counts.names).toEqual([
    "skipped: file › group › skipped",
    "passed at the second try only: file › flaky: late",
    "failed: file › unexpected: wrong",
  ]);
});

test("what is required and missing is named; a skip counts as a failure only when everything is required", () => {
  const path_ = env({ PATH: folder });
  const asked = requirements({ ...path_, ASSAY_TEST_REQUIRE: "redis, mnist, unheard-of" });
  expect(asked.missing.map(({ name }) => name)).toEqual(["redis", "mnist", "unheard-of"]);
  expect(asked.strict).toBe(false);
  write("redis-server", "");
  expect(requirements({ ...path_, ASSAY_TEST_REQUIRE: "redis" }).missing).toEqual([]);
  expect(requirements({ ...path_, ASSAY_TEST_REQUIRE: "redis,chromium,python,mnist,native" }).strict).toBe(true);
});

test("the lockfile is completed by what npm left out, never changed", () => {
  const packages = {
    "node_modules/next": {
      version: "1.0.0",
      optionalDependencies: { "@next/swc-darwin-arm64": "1.0.0", "@next/swc-linux-x64-musl": "1.0.0" },
    },
    "node_modules/@next/swc-linux-x64-musl": { version: "1.0.0" },
    "node_modules/tool": {
      version: "2.0.0",
      dev: true,
      optionalDependencies: { "tool-linux-arm-musleabihf": "2.0.0", fsevents: "2.3.3" },
    },
  };
  expect(missingPlatformPackages(packages)).toEqual({
    "node_modules/@next/swc-darwin-arm64": { version: "1.0.0", cpu: ["arm64"], os: ["darwin"], optional: true },
    "node_modules/tool-linux-arm-musleabihf": {
      version: "2.0.0",
      cpu: ["arm"],
      libc: ["musl"],
      os: ["linux"],
      dev: true,
      optional: true,
    },
  });
});

test("a home can be passed through by the Postgres user, and what is private in it cannot be entered", () => {
  const home = path.join(folder, "home");
  fs.mkdirSync(home, { mode: 0o700 });
  makeHome(home);
  expect(fs.statSync(home).mode & 0o777).toBe(process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const name of ["secrets", "run", "logs", "backups"]) {
    expect(fs.statSync(path.join(home, name)).mode & 0o777).toBe(0o700);
  }
});
