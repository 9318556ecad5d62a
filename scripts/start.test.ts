import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { pagesHash } from "./lib/build.mjs";
import { ROOT } from "./lib/paths.mjs";
import { freePort } from "./lib/ports.mjs";

/** A clone whose server and worker are small stand-ins: what is tested is what starts, watches and ends them. */
const SERVER = `
  import { createServer } from "node:http";
  if (process.env["DIE"]) { console.error("the config is wrong"); process.exit(1); }
  createServer((request, reply) => {
    if (request.url === "/crash") process.exit(3);
    reply.end(JSON.stringify({ pid: process.pid, env: process.env }));
  }).listen(Number(process.env["PORT"]), process.env["HOST"]);
  process.on("SIGTERM", () => process.exit(0));`;
/** It heeds no signal and has a child of its own, like a worker in the middle of training. */
const WORKER = `
  import { spawn } from "node:child_process";
  process.on("SIGTERM", () => undefined);
  spawn("sleep", ["1000"], { stdio: "ignore" });
  setInterval(() => undefined, 1000);`;

let clone: string;
let port: number;
beforeAll(async () => {
  clone = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "assay-start-")));
  fs.chmodSync(clone, 0o755);
  for (const name of ["scripts", "prisma", "package.json", "package-lock.json", "tsconfig.json", "prisma.config.ts"]) {
    fs.cpSync(path.join(ROOT, name), path.join(clone, name), { recursive: true });
  }
  fs.cpSync(path.join(ROOT, "lib/platform/generated"), path.join(clone, "lib/platform/generated"), { recursive: true });
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(clone, "node_modules"));
  for (const [name, text] of [
    ["server/main", SERVER],
    ["workers/main", WORKER],
    ["workers/training-child", ""],
    ["workers/onnx-host", ""],
  ]) {
    fs.mkdirSync(path.join(clone, path.dirname(name ?? "")), { recursive: true });
    fs.writeFileSync(path.join(clone, `${name}.ts`), text ?? "");
  }
  // Its pages count as built, for its sources as they are.
  fs.mkdirSync(path.join(clone, ".next"));
  fs.writeFileSync(path.join(clone, ".next", "BUILD_ID"), "test");
  fs.writeFileSync(path.join(clone, ".next", "assay-sources"), pagesHash(clone));
  port = await freePort();
});
const npms: ChildProcess[] = [];
afterEach(async () => {
  for (const npm of npms.splice(0)) npm.kill("SIGTERM");
  await until("everything to be gone", () => processes().length === 0, 60_000);
});
afterAll(() => fs.rmSync(clone, { recursive: true, force: true }));

interface Started {
  npm: ChildProcess;
  text: () => string;
  exit: Promise<number | null>;
}

function npmStart(more: Record<string, string> = {}): Started {
  const npm = spawn("npm", ["start"], {
    cwd: clone,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      PORT: String(port),
      ASSAY_ENGINES: "wasm",
      ASSAY_HOME: "",
      ASSAY_ADMIN_PASSWORD: "a-password-for-tests",
      ASSAY_BOOTSTRAP_KEY: "a-bootstrap-key-for-tests",
      DATABASE_URL: "",
      ...more,
    },
  });
  npms.push(npm);
  let text = "";
  npm.stdout.on("data", (chunk) => {
    text += chunk;
  });
  npm.stderr.on("data", (chunk) => {
    text += chunk;
  });
  const exit = new Promise<number | null>((resolve) => npm.on("close", (code) => resolve(code)));
  return { npm, text: () => text, exit };
}

async function until(what: string, condition: () => boolean | Promise<boolean>, patienceMs = 120_000) {
  const end = Date.now() + patienceMs;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await sleep(30);
  }
}

async function ready(started: Started) {
  await until("the last line", () => {
    if (started.npm.exitCode !== null) throw new Error(started.text());
    return started.text().includes("Started in");
  });
}

/** The process that holds the clone's home; 0 if none ever did. */
function startPid(): number {
  const file = path.join(clone, ".assay", "run", "start.json");
  return fs.existsSync(file) ? Number(JSON.parse(fs.readFileSync(file, "utf8")).pid) : 0;
}

/** Everything that belongs to the clone: what starts, its programs, their children, and Postgres on its data. */
function processes(): string[] {
  const all = spawnSync("ps", ["-eo", "pid=,ppid=,stat=,args="], { encoding: "utf8" }).stdout.split("\n");
  const rows = all.map((line) => /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line)).filter((row) => row !== null);
  const ours = new Set(rows.filter((row) => row[4]?.includes(clone)).map((row) => row[1]));
  if (startPid() > 0) ours.add(String(startPid()));
  for (let size = -1; size !== ours.size; ) {
    size = ours.size;
    for (const row of rows) if (ours.has(row[2])) ours.add(row[1]);
  }
  return rows.filter((row) => ours.has(row[1]) && !row[3]?.startsWith("Z")).map((row) => `${row[1]} ${row[4]}`);
}

const find = (part: string) =>
  Number(
    processes()
      .find((line) => line.includes(part))
      ?.split(" ")[0],
  );
const get = async (route = "/") => {
  const reply = await fetch(`http://127.0.0.1:${port}${route}`, { signal: AbortSignal.timeout(2_000) });
  return (await reply.json()) as { pid: number; env: Record<string, string> };
};
const answers = () =>
  get().then(
    () => true,
    () => false,
  );

describe("npm start", { timeout: 300_000 }, () => {
  test("starts everything, gives the processes what they need, and ends within 4 s of SIGTERM to npm", async () => {
    const started = npmStart({ ASSAY_DATA_DIR: "some/data" });
    await ready(started);
    expect(started.text()).toContain(`Assay is ready at http://127.0.0.1:${port}`);
    const { env } = await get();
    expect(env["NODE_ENV"]).toBe("production");
    expect(env["ASSAY_HOME"]).toBe(path.join(clone, ".assay"));
    expect(env["ASSAY_DATA_DIR"]).toBe(path.join(clone, "some/data"));
    expect(env["DATABASE_URL"]).toContain("assay_app:");
    expect(env["MIGRATE_DATABASE_URL"]).toBeUndefined();
    expect(env["ASSAY_SECRET"]?.length).toBeGreaterThanOrEqual(32);
    const status = JSON.parse(fs.readFileSync(path.join(clone, ".assay/run/engines.json"), "utf8"));
    expect(status).toEqual({ state: "unavailable", engine: "wasm", reason: "ASSAY_ENGINES=wasm" });
    for (const part of ["dist/server.js", "dist/worker.js", "bin/postgres", "sleep 1000"]) {
      await until(part, () => processes().some((line) => line.includes(part)));
    }

    // A second start on the same home leaves the first alone.
    const second = npmStart();
    expect(await second.exit).toBe(0);
    expect(second.text()).toContain(`already running at http://127.0.0.1:${port}`);
    expect(await answers()).toBe(true);

    const at = Date.now();
    started.npm.kill("SIGTERM");
    await until("everything to be gone", () => processes().length === 0, 60_000);
    expect(Date.now() - at).toBeLessThan(30_000);
    await started.exit;
  });

  test("starts a crashed server, worker and Postgres again", async () => {
    const started = npmStart();
    await ready(started);
    const { pid } = await get();
    await get("/crash").catch(() => undefined);
    await until("another server", async () => (await answers()) && (await get()).pid !== pid);
    await until("the worker", () => find("dist/worker.js") > 0);
    const worker = find("dist/worker.js");
    process.kill(worker, "SIGKILL");
    await until("another worker", () => find("dist/worker.js") > 0 && find("dist/worker.js") !== worker);
    const postgres = find("bin/postgres");
    process.kill(postgres, "SIGKILL");
    await until("another Postgres", () => find("bin/postgres") > 0 && find("bin/postgres") !== postgres);
    expect(started.text()).toMatch(/The server ended \(code 3\).*\n(.*\n)*.*The worker ended \(SIGKILL\)/);
    // In the middle of Postgres's recovery.
    process.kill(find("bin/postgres"), "SIGKILL");
    await until("Postgres to come back", () => started.text().includes("starting it again (2)"));
    started.npm.kill("SIGINT");
    await started.exit;
    expect(processes()).toEqual([]);
  });

  test("goes down when npm is killed outright, and when it is itself; the next start finds everything in order", async () => {
    const first = npmStart();
    await ready(first);
    first.npm.kill("SIGKILL");
    await until("everything to be gone", () => processes().length === 0, 60_000);

    const second = npmStart();
    await ready(second);
    const at = Date.now();
    process.kill(startPid(), "SIGKILL");
    await until("everything to be gone", () => processes().length === 0, 60_000);
    expect(Date.now() - at).toBeLessThan(30_000);

    const third = npmStart();
    await ready(third);
    third.npm.kill("SIGTERM");
    await third.exit;
    expect(processes()).toEqual([]);
  });

  test("says plainly that the port is taken, that the server does not come up, or what is misspelt", async () => {
    const other = net.createServer().listen(port, "127.0.0.1");
    const taken = npmStart();
    expect(await taken.exit).toBe(1);
    expect(taken.text()).toMatch(/Port \d+ is taken by another program\.\s+Do: {4}Start on another one: PORT=/);
    await new Promise((resolve) => other.close(resolve));

    const broken = npmStart({ DIE: "1" });
    expect(await broken.exit).toBe(1);
    expect(broken.text()).toMatch(/server ends as soon as it is started[\s\S]*the config is wrong/);

    const misspelt = npmStart({ ASSAY_ENGINES: "cuda" });
    expect(await misspelt.exit).toBe(1);
    expect(misspelt.text()).toContain('ASSAY_ENGINES is "cuda"');
    expect(processes()).toEqual([]);
  });
});
