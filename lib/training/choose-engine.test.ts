import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { chooseEngine } from "#lib/training/choose-engine.ts";

let home = "";

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "assay-engine-"));
  await mkdir(join(home, "run"));
});
afterEach(() => rm(home, { recursive: true }));

const tell = (status: object) => writeFile(join(home, "run", "engines.json"), JSON.stringify(status));
const waits: string[] = [];
const choose = (
  choice: "auto" | "native" | "wasm",
  mode: "auto" | "wasm" = "auto",
  signal = new AbortController().signal,
) =>
  chooseEngine({
    choice,
    mode,
    home,
    // No native engine in this cache.
    cacheDir: join(home, "cache"),
    signal,
    onWait: async (message) => void waits.push(message),
  });

test("wasm when it is asked for, by the run or for the worker, without a wait", async () => {
  await tell({ state: "installing", engine: "native", reason: "" });
  expect(await choose("wasm")).toEqual({ engine: "wasm", reason: "asked for" });
  expect(await choose("auto", "wasm")).toEqual({ engine: "wasm", reason: "ASSAY_ENGINES=wasm" });
});

test("waits for the installation, says so, and tells why it is wasm then", async () => {
  await tell({ state: "installing", engine: "native", reason: "" });
  const chosen = choose("auto");
  await expect.poll(() => waits.length).toBeGreaterThan(0);
  await tell({ state: "unavailable", engine: "wasm", reason: "no C++ compiler" });
  expect(await chosen).toEqual({ engine: "wasm", reason: "no native engine: no C++ compiler" });
});

test("native that cannot be had is an error, never another engine", async () => {
  await expect(choose("native")).rejects.toMatchObject({ code: "engine_unavailable", retryable: false });
});

test("a run that is cancelled while it waits does not wait on", async () => {
  await tell({ state: "installing", engine: "native", reason: "" });
  const controller = new AbortController();
  const chosen = choose("auto", "auto", controller.signal);
  setTimeout(() => controller.abort(), 50);
  await expect(chosen).rejects.toMatchObject({ code: "cancelled" });
});
