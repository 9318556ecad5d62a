import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadNativeBackend } from "#lib/engine/backends/native/native-backend.ts";
import { availableEngines } from "#lib/engine/engines.ts";
import { NATIVE_FILES, NATIVE_PIN, nativeFolder, statusFile } from "#lib/engine/native-pin.mjs";

const emptyCache = (): Promise<string> => mkdtemp(path.join(tmpdir(), "assay-cache-"));

test("with an empty cache only wasm trains, and native says how to get it", async () => {
  const cache = await emptyCache();
  const [native, wasm] = await availableEngines(cache);
  expect(native).toMatchObject({ name: "native", available: false, version: null });
  expect(native?.reason).toMatch(/npm run engines|Linux/);
  expect(wasm).toMatchObject({ name: "wasm", available: true, version: "4.22.0" });
  await expect(loadNativeBackend(cache)).rejects.toMatchObject({ code: "engine_unavailable" });
});

test("a failed installation's reason is passed on", async () => {
  const cache = await emptyCache();
  await mkdir(path.dirname(statusFile(cache)), { recursive: true });
  await writeFile(statusFile(cache), JSON.stringify({ native: { state: "failed", reason: "python3 was not found" } }));
  const [native] = await availableEngines(cache);
  if (NATIVE_PIN.wheels[`${process.platform}-${process.arch}`]) expect(native?.reason).toBe("python3 was not found");
});

test("an installed engine is found by its marker; one that cannot be loaded says so", async () => {
  const cache = await emptyCache();
  const folder = nativeFolder(cache);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, NATIVE_FILES.marker), JSON.stringify({ tensorflowVersion: "2.21.0" }));
  expect((await availableEngines(cache))[0]).toMatchObject({ available: true, version: "2.21.0" });
  await expect(loadNativeBackend(cache)).rejects.toMatchObject({ code: "engine_unavailable" });
});

test("the pin names the kernels as they are, so that a changed kernel is built anew", async () => {
  const folder = fileURLToPath(new URL("./backends/native/kernels", import.meta.url));
  const hash = createHash("sha256");
  for (const name of (await readdir(folder)).sort()) hash.update(await readFile(path.join(folder, name)));
  expect(NATIVE_PIN.kernels).toBe(hash.digest("hex").slice(0, 12));
});
