import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { NATIVE_FILES, NATIVE_PIN, nativeFolder, statusFile } from "#lib/engine/native-pin.mjs";
import { installNativeEngine } from "./engines.mjs";
import { withInstallLock } from "./engines-lock.mjs";

const folderOf = (name: string): Promise<string> => mkdtemp(path.join(tmpdir(), `assay-${name}-`));
const supported = NATIVE_PIN.wheels[`${process.platform}-${process.arch}`] !== undefined;
const searchPath = process.env["PATH"];
afterEach(() => {
  process.env["PATH"] = searchPath;
});

test("an engine that is there is not installed again", async () => {
  const cache = await folderOf("cache");
  const folder = nativeFolder(cache);
  await mkdir(folder, { recursive: true });
  for (const name of [NATIVE_FILES.binding, ...NATIVE_FILES.libraries]) await writeFile(path.join(folder, name), "");
  await writeFile(path.join(folder, NATIVE_FILES.marker), JSON.stringify({ tensorflowVersion: "2.21.0" }));
  process.env["PATH"] = "";
  expect(await installNativeEngine({ cache })).toEqual({ ok: true, reason: "TensorFlow 2.21.0" });
});

test("without python3 it says so, in the result and in the status, and leaves nothing behind", async () => {
  const cache = await folderOf("cache");
  process.env["PATH"] = "";
  const outcome = await installNativeEngine({ cache });
  expect(outcome.ok).toBe(false);
  const reason = supported ? /python3 was not found.*Install python3 and pip/ : /Linux x64 and arm64 only/;
  expect(outcome.reason).toMatch(reason);
  const status = JSON.parse(await readFile(statusFile(cache), "utf8"));
  expect(status.native).toMatchObject({ state: supported ? "failed" : "unsupported", reason: outcome.reason });
  expect(await readdir(path.join(cache, "engines"))).toEqual(["engines.json"]);
});

test("a cache that cannot be written is a reason, not a crash", async () => {
  const file = path.join(await folderOf("cache"), "file");
  await writeFile(file, "");
  const outcome = await installNativeEngine({ cache: path.join(file, "inside") });
  expect(outcome.ok).toBe(false);
  expect(outcome.reason).not.toBe("");
});

test("of two installations one works at a time, each in a clean folder", async () => {
  const target = path.join(await folderOf("lock"), "engine");
  let working = 0;
  const waited: string[] = [];
  const install = () =>
    withInstallLock(target, { onProgress: (line) => waited.push(line) }, async (work) => {
      working += 1;
      expect(working).toBe(1);
      expect(await readdir(work)).toEqual([]);
      await writeFile(path.join(work, "half"), "");
      await sleep(100);
      working -= 1;
    });
  await Promise.all([install(), install()]);
  expect(waited).toContain("another process is installing it; waiting");
  await expect(stat(`${target}.lock`)).rejects.toThrow("ENOENT");
  await expect(stat(`${target}.work`)).rejects.toThrow("ENOENT");
});

test("a killed installation's lock and folder are taken over", async () => {
  const target = path.join(await folderOf("lock"), "engine");
  await writeFile(`${target}.lock`, JSON.stringify({ identity: "999999@1" }));
  await mkdir(`${target}.work`);
  await writeFile(path.join(`${target}.work`, "half"), "");
  const seen = await withInstallLock(target, { onProgress: () => {} }, (work) => readdir(work));
  expect(seen).toEqual([]);
});

test("an interrupted installation ends its wait", async () => {
  const target = path.join(await folderOf("lock"), "engine");
  const controller = new AbortController();
  const holding = withInstallLock(target, { onProgress: () => {} }, () => sleep(300));
  const waiting = withInstallLock(target, { onProgress: () => controller.abort(), signal: controller.signal }, () =>
    Promise.resolve(),
  );
  await expect(waiting).rejects.toThrow("aborted");
  await holding;
});
