import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { isRunning, waitUntilGone } from "./processes.mjs";
import { supervise } from "./supervisor.mjs";

let running: { stop: (graceMs: number) => Promise<void> } | undefined;
afterEach(() => running?.stop(100));

function watch(source: string, backOff: { firstMs?: number; lastMs?: number; calmMs?: number } = {}) {
  const waits: number[] = [];
  const said: string[] = [];
  const one = supervise({
    name: "one",
    command: [process.execPath, "-e", source],
    env: () => ({ NODE_ENV: "test", PATH: process.env["PATH"], STARTED: String(waits.length) }),
    cwd: "/",
    log: (chunk) => said.push(Buffer.from(chunk).toString()),
    onCrash: ({ waitMs }) => waits.push(waitMs),
    backOff,
  });
  running = one;
  const until = async (condition: () => boolean) => {
    const end = Date.now() + 60_000;
    while (!condition() && Date.now() < end) await sleep(10);
    expect(condition()).toBe(true);
  };
  return { one, waits, said, until };
}

test("starts a program again when it crashes, waiting twice as long each time up to the limit", async () => {
  const { one, waits, until } = watch("process.exit(1)", { firstMs: 10, lastMs: 50 });
  await until(() => waits.length >= 5);
  await one.stop(100);
  expect(waits.slice(0, 5)).toEqual([10, 20, 40, 50, 50]);
  const count = one.restarts();
  await sleep(150);
  expect(one.restarts()).toBe(count);
});

test("forgets the crashes of a program that then ran calmly for a while", async () => {
  const { waits, until } = watch("setTimeout(() => process.exit(1), process.env.STARTED === '2' ? 5000 : 0)", {
    firstMs: 10,
    lastMs: 500,
    calmMs: 4_000,
  });
  await until(() => waits.length >= 4);
  expect(waits.slice(0, 4)).toEqual([10, 20, 10, 20]);
});

test("passes on SIGTERM, and lets a program that heeds it finish", async () => {
  const { one, said, until } = watch(
    "process.on('SIGTERM', () => setTimeout(() => { console.log('bye'); process.exit(0); }, 200)); console.log('up'); setInterval(() => 0, 1000)",
  );
  await until(() => said.join("").includes("up"));
  await one.stop(5_000);
  expect(said.join("")).toContain("bye");
});

test("kills the whole group of a program that heeds nothing, its own children too", async () => {
  const { one, said, until } = watch(`
    process.on("SIGTERM", () => undefined);
    const child = require("node:child_process").spawn("sleep", ["100"]);
    console.log("child " + child.pid + ".");
    setInterval(() => 0, 1000);`);
  await until(() => said.join("").includes("."));
  const grandchild = Number(/child (\d+)/.exec(said.join(""))?.[1]);
  const startedAt = Date.now();
  await one.stop(200);
  expect(Date.now() - startedAt).toBeLessThan(20_000);
  expect(await waitUntilGone(grandchild, 30_000)).toBe(true);
});

test("ends what a crashed program left behind before it starts it again", async () => {
  const { said, until } = watch(
    `
    const child = require("node:child_process").spawn("sleep", ["100"], { stdio: "ignore" });
    console.log("child " + child.pid + ".");
    if (process.env.STARTED === "0") setTimeout(() => process.exit(1), 50); else setInterval(() => 0, 1000);`,
    { firstMs: 10 },
  );
  await until(() => said.join("").split("child").length >= 3);
  const first = Number(/child (\d+)/.exec(said.join(""))?.[1]);
  expect(isRunning(first)).toBe(false);
});

test("restarts at once, without counting it as a crash, when it is told to", async () => {
  const { one, waits, said, until } = watch("console.log('up'); setInterval(() => 0, 1000)");
  await until(() => said.length === 1);
  one.restart();
  await until(() => said.length === 2);
  expect(waits).toEqual([]);
  expect(one.restarts()).toBe(1);
});

test("goes on trying when the program itself is missing", async () => {
  const waits: number[] = [];
  const one = supervise({
    name: "none",
    command: ["/no/such/program"],
    env: () => process.env,
    cwd: "/",
    log: () => undefined,
    onCrash: ({ waitMs }) => waits.push(waitMs),
    backOff: { firstMs: 5, lastMs: 10 },
  });
  running = one;
  await expect.poll(() => waits.length).toBeGreaterThan(2);
});
