import { spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { examine } from "./doctor.mjs";
import { makeHome } from "./files.mjs";
import { releaseHome, takeHome } from "./home-lock.mjs";
import { migrateDatabase } from "./migrate.mjs";
import { ROOT } from "./paths.mjs";
import { freePort } from "./ports.mjs";
import { startPostgres } from "./postgres.mjs";

let home: string;
let port: number;
beforeEach(async () => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "assay-doctor-"));
  port = await freePort();
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const env = (more: Record<string, string> = {}): NodeJS.ProcessEnv => ({
  NODE_ENV: "test",
  PATH: process.env["PATH"],
  ASSAY_HOME: home,
  ASSAY_CACHE: path.join(home, "cache"),
  PORT: String(port),
  ...more,
});
const about = async (name: string, more: Record<string, string> = {}) =>
  (await examine(env(more))).find((finding) => finding.name === name);

test("finds nothing wrong where nothing was started yet, and makes nothing", async () => {
  const findings = await examine(env());
  expect(findings.filter(({ state }) => state === "bad")).toEqual([]);
  expect(findings.find(({ name }) => name === "Database")?.says).toBe("not made yet");
  expect(fs.readdirSync(home)).toEqual([]);
});

test("names a port that another program holds, and a database that does not answer", async () => {
  const other = net.createServer().listen(port, "127.0.0.1");
  expect(await about("Port")).toMatchObject({ state: "bad", remedy: `PORT=${port + 1} npm start` });
  await new Promise((resolve) => other.close(resolve));
  const database = await about("Database", { DATABASE_URL: "postgresql://me:pw@127.0.0.1:1/x" });
  expect(database).toMatchObject({ state: "bad" });
  expect(await about("Data", { ASSAY_DATA_DIR: home })).toMatchObject({ state: "bad" });
});

test("tells a database that is behind from one that is up to date, and a Postgres that npm start did not start", async () => {
  const postgres = await startPostgres({ home, durable: false });
  try {
    expect(await about("Database")).toMatchObject({
      state: "warn",
      remedy: expect.stringContaining("npm run migrate"),
    });
    await migrateDatabase({ url: postgres.urls.owner });
    expect(await about("Database")).toMatchObject({ state: "ok" });
    expect(await about("Postgres")).toMatchObject({
      state: "warn",
      says: expect.stringContaining(`port ${postgres.port}`),
    });
    takeHome(home, `http://127.0.0.1:${port}`);
    expect(await about("Postgres")).toMatchObject({ state: "ok" });
    expect(await about("Server")).toMatchObject({ state: "bad" });
    releaseHome(home);
  } finally {
    await postgres.destroy();
  }
});

test("points at errors in the logs, and says how the engine is", async () => {
  makeHome(home);
  const line = JSON.stringify({ level: 50, msg: "the disk broke" });
  fs.writeFileSync(path.join(home, "logs", "server.log"), `{"level":30}\n${line}\n`);
  fs.writeFileSync(path.join(home, "run", "engines.json"), '{"state":"unavailable","engine":"wasm","reason":"no g++"}');
  expect(await about("Log")).toMatchObject({ state: "warn", remedy: line });
  expect((await about("Engine"))?.says).toBe("wasm, unavailable: no g++");
});

test("npm run doctor ends with 1 when something has to be put right", () => {
  const run = (more: Record<string, string>) =>
    spawnSync(process.execPath, [path.join(ROOT, "scripts", "doctor.mjs")], { encoding: "utf8", env: env(more) });
  const fine = run({});
  expect(fine.stdout).toContain("Nothing is wrong.");
  expect(fine.status).toBe(0);
  const wrong = run({ ASSAY_DATA_DIR: home });
  expect(wrong.stdout).toContain("1 to be put right.");
  expect(wrong.status).toBe(1);
});
