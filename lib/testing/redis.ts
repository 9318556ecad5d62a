import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

const SERVER = "redis-server";

export interface TestRedis {
  url: string;
  /** Ends the server, as a crash would. */
  stop(): Promise<void>;
}

/** Whether a redis-server can be started here. `ASSAY_TEST_REQUIRE=redis` makes its absence a failure, not a skip. */
export async function hasRedis(): Promise<boolean> {
  if ((process.env["ASSAY_TEST_REQUIRE"] ?? "").split(",").includes("redis")) {
    return true;
  }
  const child = spawn(SERVER, ["--version"], { stdio: "ignore" });
  return new Promise((resolve) => {
    child.on("error", () => resolve(false));
    child.on("exit", (code) => resolve(code === 0));
  });
}

/** A real redis-server on a free port of loopback, with nothing on disk. */
export async function startRedis(): Promise<TestRedis> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "assay-redis-"));
  const options = ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
  const child = spawn(SERVER, options, { stdio: "ignore" });
  const url = `redis://127.0.0.1:${port}`;
  await answers(url, child);
  return {
    url,
    async stop() {
      if (child.exitCode === null) {
        const ended = new Promise((resolve) => child.once("exit", resolve));
        child.kill("SIGKILL");
        await ended;
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const client = new Redis(url, { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on("error", () => undefined);
  try {
    const pong = client.ping().then(() => true);
    if (!(await Promise.race([pong, sleep(10_000).then(() => false)]))) {
      child.kill("SIGKILL");
      throw new Error("redis-server did not answer within 10 s");
    }
  } finally {
    client.disconnect();
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
