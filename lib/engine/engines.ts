import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { z } from "zod";
import { NATIVE_FILES, NATIVE_PIN, nativeFolder, statusFile } from "#lib/engine/native-pin.mjs";
import type { EngineStatus } from "#lib/engine/schemas.ts";

const Marker = z.object({ tensorflowVersion: z.string() });
const Package = z.object({ version: z.string() });
const Status = z.object({ native: z.object({ state: z.string(), reason: z.string() }) });

/**
 * What can train here, the faster first. Reads a few small files and loads no engine.
 *
 * @param cacheDir ASSAY_CACHE
 */
export async function availableEngines(cacheDir: string): Promise<EngineStatus[]> {
  return [await nativeStatus(cacheDir), await wasmStatus()];
}

async function nativeStatus(cacheDir: string): Promise<EngineStatus> {
  const marker = Marker.safeParse(await readJson(path.join(nativeFolder(cacheDir), NATIVE_FILES.marker)));
  if (marker.success) {
    const version = marker.data.tensorflowVersion;
    return { name: "native", available: true, version, reason: `TensorFlow ${version} is installed` };
  }
  const platform = `${process.platform}-${process.arch}`;
  if (!NATIVE_PIN.wheels[platform]) {
    const reason = `TensorFlow is installed on Linux x64 and arm64 only; this is ${platform}`;
    return { name: "native", available: false, version: null, reason };
  }
  const status = Status.safeParse(await readJson(statusFile(cacheDir)));
  const known = status.success && status.data.native.state !== "ready" ? status.data.native.reason : undefined;
  const reason = known ?? "TensorFlow is not installed; `npm run engines` installs it";
  return { name: "native", available: false, version: null, reason };
}

async function wasmStatus(): Promise<EngineStatus> {
  // From the working folder, which is the clone's for every process: Next's bundler would put a number of its own in the
  // place of what `createRequire(import.meta.url)` resolves.
  const manifest = createRequire(path.resolve("package.json")).resolve("@tensorflow/tfjs-backend-wasm/package.json");
  const { version } = Package.parse(await readJson(manifest));
  return {
    name: "wasm",
    available: true,
    version,
    reason: "runs wherever Node does; several times slower than native",
  };
}

async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch {
    // Absent, or being written at this moment: as good as not installed.
    return undefined;
  }
}
