import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Failure } from "./failure.mjs";
import { readRecord } from "./pg-lock.mjs";
import { connect } from "./pg-roles.mjs";
import { startPostgres } from "./postgres.mjs";
import { commandOf, isRunning, waitUntilGone } from "./processes.mjs";

const HERE = import.meta.dirname;
const isRoot = process.getuid?.() === 0;

let folder: string;
let home: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "assay-pg-"));
  fs.chmodSync(folder, 0o755);
  home = path.join(folder, "home");
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Another process that starts Postgres on a home and prints "ready" or the error; it then waits to be killed. */
function startElsewhere(target: string, options: { uid?: number; gid?: number } = {}) {
  const source = `
    import { startPostgres } from ${JSON.stringify(path.join(HERE, "postgres.mjs"))};
    try {
      const { pid } = await startPostgres({ home: ${JSON.stringify(target)}, durable: false });
      console.log("ready " + pid);
      setInterval(() => undefined, 1000);
    } catch (error) { console.log("refused " + error.message); process.exit(1); }`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", source], {
    stdio: ["ignore", "pipe", "inherit"],
    ...options,
  });
  const said = new Promise<string>((resolve) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.trim());
    });
  });
  return { child, said };
}

function childrenOf(parent: number): number[] {
  const list = spawnSync("ps", ["-o", "pid=", "--ppid", String(parent)], { encoding: "utf8" }).stdout;
  return list
    .split("\n")
    .map(Number)
    .filter((pid) => pid > 0);
}

async function one(url: string, sql: string): Promise<unknown> {
  const client = await connect(url);
  try {
    const { rows } = await client.query(sql);
    return rows[0];
  } finally {
    await client.end();
  }
}

describe("startPostgres", () => {
  test("keeps data and passwords over a restart, and leaves no process behind", async () => {
    const first = await startPostgres({ home, durable: false });
    expect(first.fresh).toBe(true);
    await one(first.urls.owner, "CREATE TABLE kept AS SELECT 7 AS n");
    await first.stop();
    expect(isRunning(first.pid)).toBe(false);

    const second = await startPostgres({ home, durable: false });
    expect(second.fresh).toBe(false);
    expect(await one(second.urls.owner, "SELECT n FROM kept")).toEqual({ n: 7 });
    expect(await one(second.urls.superuser, "SHOW synchronous_commit")).toEqual({ synchronous_commit: "off" });
    await second.destroy();
    expect(fs.existsSync(second.dataDir)).toBe(false);
  });

  test("gives the application's role no DDL, listens on the loopback only and asks for passwords", async () => {
    const postgres = await startPostgres({ home });
    try {
      await expect(one(postgres.urls.app, "CREATE TABLE mine (n int)")).rejects.toThrow(/permission denied/);
      const settings = await one(
        postgres.urls.superuser,
        "SELECT current_setting('listen_addresses') a, current_setting('synchronous_commit') s, current_setting('fsync') f",
      );
      expect(settings).toEqual({ a: "127.0.0.1", s: "on", f: "on" });
      const wrong = new URL(postgres.urls.app);
      wrong.password = "wrong";
      await expect(one(wrong.href, "SELECT 1")).rejects.toThrow(/password authentication failed/);
      const secrets = fs.readdirSync(path.join(home, "secrets")).map((name) => path.join(home, "secrets", name));
      expect(secrets.map((file) => fs.statSync(file).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    } finally {
      await postgres.destroy();
    }
  });

  test("goes down when its parent is killed", async () => {
    const { child, said } = startElsewhere(home);
    const pid = Number((await said).split(" ")[1]);
    expect(isRunning(pid)).toBe(true);
    child.kill("SIGKILL");
    expect(await waitUntilGone(pid, 60_000)).toBe(true);
  });

  test("ends the orphan of a parent that was killed together with its guard, and keeps what was committed", async () => {
    const { child, said } = startElsewhere(home);
    const orphan = Number((await said).split(" ")[1]);
    const guards = childrenOf(child.pid ?? 0).filter((pid) => commandOf(pid).includes("read -r _"));
    expect(guards).toHaveLength(1);
    for (const pid of guards) process.kill(pid, "SIGKILL");
    child.kill("SIGKILL");
    await waitUntilGone(child.pid ?? 0, 60_000);
    expect(isRunning(orphan)).toBe(true);
    expect(readRecord(home)?.pid).toBe(orphan);

    const said2: string[] = [];
    const postgres = await startPostgres({ home, durable: false, log: (text) => said2.push(text) });
    expect(said2.join("")).toContain(`(process ${orphan})`);
    expect(isRunning(orphan)).toBe(false);
    expect(postgres.fresh).toBe(false);
    await postgres.destroy();
  });

  test("refuses a home whose Postgres belongs to a start that lives", async () => {
    const postgres = await startPostgres({ home, durable: false });
    const { said } = startElsewhere(home);
    expect(await said).toContain(`in use by process ${process.pid}`);
    expect(isRunning(postgres.pid)).toBe(true);
    await postgres.destroy();
  });

  test("starts over a stale lock whose process number another program has now", async () => {
    const postgres = await startPostgres({ home, durable: false });
    const lock = fs.readFileSync(path.join(postgres.dataDir, "postmaster.pid"), "utf8");
    const owner = fs.statSync(postgres.dataDir);
    await postgres.stop();
    // The same user as Postgres's, or Postgres itself would see that it is somebody else's.
    const other = spawn("sleep", ["60"], { uid: owner.uid, gid: owner.gid, stdio: "ignore" });
    fs.writeFileSync(path.join(postgres.dataDir, "postmaster.pid"), lock.replace(/^\d+/, String(other.pid)));
    fs.chownSync(path.join(postgres.dataDir, "postmaster.pid"), owner.uid, owner.gid);

    const again = await startPostgres({ home, durable: false });
    expect(await one(again.urls.app, "SELECT 1 AS n")).toEqual({ n: 1 });
    expect(isRunning(other.pid ?? 0)).toBe(true);
    other.kill();
    await again.destroy();
  });

  test("loses nothing that was committed when all of its processes are killed", async () => {
    const postgres = await startPostgres({ home });
    await one(postgres.urls.owner, "CREATE TABLE kept AS SELECT 1 AS n");
    for (const pid of [postgres.pid, ...childrenOf(postgres.pid)]) process.kill(pid, "SIGKILL");
    expect(await postgres.exited).toEqual({ expected: false });
    const again = await startPostgres({ home, port: postgres.port });
    expect(again.port).toBe(postgres.port);
    expect(await one(again.urls.owner, "SELECT n FROM kept")).toEqual({ n: 1 });
    await again.destroy();
  });

  test("begins anew where the making of the cluster was cut short", async () => {
    const postgres = await startPostgres({ home, durable: false });
    await postgres.stop();
    fs.rmSync(path.join(postgres.dataDir, "assay.complete"));
    const again = await startPostgres({ home, durable: false });
    expect(again.fresh).toBe(true);
    await again.destroy();
  });

  test("says so when the password of existing data is gone", async () => {
    const postgres = await startPostgres({ home, durable: false });
    await postgres.stop();
    fs.rmSync(path.join(home, "secrets", "postgres-superuser"));
    await expect(startPostgres({ home, durable: false })).rejects.toThrow(Failure);
    expect(fs.existsSync(path.join(postgres.dataDir, "PG_VERSION"))).toBe(true);
  });

  test("runs as root through an unprivileged user, as anyone else as themselves", async () => {
    const postgres = await startPostgres({ home, durable: false });
    const uid = spawnSync("ps", ["-o", "uid=", "-p", String(postgres.pid)], { encoding: "utf8" }).stdout.trim();
    await postgres.destroy();
    if (!isRoot) {
      expect(Number(uid)).toBe(process.getuid?.());
      return;
    }
    expect(Number(uid)).not.toBe(0);
    // And the other way: the same code as an ordinary user.
    const own = path.join(folder, "own");
    fs.mkdirSync(own);
    fs.chownSync(own, 65534, 65534);
    const { child, said } = startElsewhere(path.join(own, "home"), { uid: 65534, gid: 65534 });
    const pid = Number((await said).split(" ")[1]);
    expect(spawnSync("ps", ["-o", "uid=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim()).toBe("65534");
    child.kill("SIGKILL");
    expect(await waitUntilGone(pid, 60_000)).toBe(true);
  });

  test("keeps data elsewhere when its user cannot reach the home, and finds it again", async () => {
    const closed = path.join(folder, "closed");
    fs.mkdirSync(closed, { mode: 0o700 });
    const options = { home: path.join(closed, "home"), outsideRoot: path.join(folder, "outside"), durable: false };
    const postgres = await startPostgres(options);
    await one(postgres.urls.owner, "CREATE TABLE kept AS SELECT 1 AS n");
    expect(postgres.dataDir.startsWith(options.outsideRoot)).toBe(isRoot);
    await postgres.stop();

    const again = await startPostgres(options);
    expect(await one(again.urls.owner, "SELECT n FROM kept")).toEqual({ n: 1 });
    await again.stop();

    // A home that was deleted and made anew must not find the old one's database.
    fs.rmSync(options.home, { recursive: true });
    const other = await startPostgres(options);
    expect(other.fresh).toBe(true);
    await other.destroy();
  });
});
