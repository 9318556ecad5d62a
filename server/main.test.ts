import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, vi } from "vitest";
import { cloneDatabase } from "#lib/testing/database.ts";
import { pgTest } from "#lib/testing/pg.ts";

// A process of its own each, on a machine that may be busy.
vi.setConfig({ testTimeout: 180_000 });

/** Told on standard error by a hook when a module of Next is loaded. */
const MARK = "loaded a module of next:";
const HOOK = `export async function resolve(name, context, next) {
  const found = await next(name, context);
  if (found.url.includes("/node_modules/next/")) process._rawDebug("${MARK} " + found.url);
  return found;
}`;
const hookUrl = (source: string) => `data:text/javascript,${encodeURIComponent(source)}`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

interface Started {
  child: ChildProcess;
  origin: string;
  output: () => string;
}

async function start(env: Record<string, string>): Promise<Started> {
  const port = await freePort();
  const register = hookUrl(`import { register } from "node:module"; register(${JSON.stringify(hookUrl(HOOK))});`);
  const child = spawn(process.execPath, ["--import", "tsx", "--import", register, "server/main.ts"], {
    env: { ...process.env, NODE_ENV: "production", HOST: "127.0.0.1", PORT: String(port), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (part) => {
      output += part;
    });
  }
  return { child, origin: `http://127.0.0.1:${port}`, output: () => output };
}

async function untilHealthy({ origin, child, output }: Started): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(output());
    const reply = await fetch(`${origin}/health`).catch(() => undefined);
    if (reply?.ok) return;
    await sleep(20);
  }
}

const exited = (child: ChildProcess) =>
  child.exitCode === null ? once(child, "exit") : Promise.resolve([child.exitCode]);

pgTest("the api role serves without Next, makes the first admin and ends in time", async ({ home }) => {
  const database = await cloneDatabase();
  const key = "a-bootstrap-key-of-some-length";
  const started = await start({
    DATABASE_URL: database.url,
    ASSAY_HOME: home,
    ASSAY_ROLE: "api",
    ASSAY_SECRET: "test-secret-of-at-least-32-characters",
    ASSAY_BOOTSTRAP_KEY: key,
    ASSAY_ADMIN_PASSWORD: "correct horse battery",
  });
  const { child, origin, output } = started;
  try {
    await untilHealthy(started);
    const headers = { Authorization: `Bearer ${key}` };
    await expect.poll(async () => (await fetch(`${origin}/api/me`, { headers })).status, { timeout: 60_000 }).toBe(200);
    expect((await fetch(`${origin}/sign-in`)).status).toBe(404);
    expect((await fetch(`${origin}/api/auth/session`)).status).toBe(404);
    expect(output()).not.toContain(MARK);
    expect(output()).not.toContain(key);

    // A request that is under way, and a connection that is kept alive, do not hold it up.
    const hanging = fetch(`${origin}/api/keys`, {
      method: "POST",
      headers: { ...headers, "Content-Type": "application/json" },
      body: new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode("{")) }),
      duplex: "half",
    } as RequestInit).catch(() => undefined);
    await sleep(100);
    const asked = performance.now();
    child.kill("SIGTERM");
    expect(await exited(child)).toContain(0);
    expect(performance.now() - asked).toBeLessThan(20_000);
    await hanging;
  } finally {
    child.kill("SIGKILL");
    await database.drop();
  }
});

pgTest("every fault of the environment is told at once", async () => {
  const { child, output } = await start({ DATABASE_URL: "mysql://x", ASSAY_SECRET: "short", ASSAY_ROLE: "api" });
  expect(await exited(child)).toContain(1);
  expect(output()).toContain("DATABASE_URL: must be a postgresql:// URL");
  expect(output()).toContain("ASSAY_SECRET: needs at least 32 characters");
});

pgTest("it lives without a database, and says that it is not ready", async ({ home }) => {
  const started = await start({
    DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
    ASSAY_HOME: home,
    ASSAY_ROLE: "api",
    ASSAY_SECRET: "test-secret-of-at-least-32-characters",
  });
  try {
    await untilHealthy(started);
    const ready = async () => {
      const reply = await fetch(`${started.origin}/health/ready`);
      const { checks }: { checks?: { database?: { state?: string } } } = await reply.json();
      return [reply.status, checks?.database?.state];
    };
    await expect.poll(ready, { timeout: 60_000 }).toEqual([503, "failing"]);
    const refused = await fetch(`${started.origin}/api/me`, { headers: { Authorization: "Bearer some-unknown-key" } });
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "2"]);
  } finally {
    started.child.kill("SIGKILL");
    await exited(started.child);
  }
});
