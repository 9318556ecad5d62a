import fs from "node:fs";
import path from "node:path";
import { NATIVE_FILES, NATIVE_PIN, nativeFolder, statusFile } from "../../lib/engine/native-pin.mjs";
import { formatBytes, freeBytes } from "./disk.mjs";
import { buildBinding, findCompiler, tryBinding } from "./engines-build.mjs";
import { withInstallLock } from "./engines-lock.mjs";
import { downloadWheel, findPip, unpackWheel } from "./engines-wheel.mjs";
import { Failure } from "./failure.mjs";
import { readJson, writeAtomic } from "./files.mjs";

/**
 * How an installation ended. `ok: false` is no fault of the program: `reason` says in a sentence what is missing, and
 * training uses the wasm engine.
 * @typedef {{ ok: boolean, reason: string }} EngineOutcome
 */

/** Wheel, unpacked libraries and some room. */
const NEEDED_BYTES = 1.4e9;

/**
 * Installs the native engine into the cache unless it is there: TensorFlow's own libraries out of its Python wheel, and
 * the binding of tfjs-node with our kernels compiled against them. Made in a folder of its own and put in place by one
 * rename; a second installation at the same moment waits for the first.
 *
 * @param {object} options
 * @param {string} options.cache ASSAY_CACHE, absolute
 * @param {(line: string) => void} [options.onProgress] called often
 * @param {AbortSignal} [options.signal] ends what runs and cleans up
 * @returns {Promise<EngineOutcome>} never rejects for want of a tool, a network or space
 */
export async function installNativeEngine({ cache, onProgress = () => undefined, signal }) {
  const folder = nativeFolder(cache);
  const installed = installedVersion(folder);
  if (installed) return record(cache, "ready", installed);

  const wheel = NATIVE_PIN.wheels[`${process.platform}-${process.arch}`];
  if (!wheel) {
    const here = `${process.platform}-${process.arch}`;
    return record(cache, "unsupported", `TensorFlow is installed on Linux x64 and arm64 only; this is ${here}`);
  }
  record(cache, "installing", "TensorFlow is being installed");
  try {
    const pip = await findPip();
    const compiler = await findCompiler();
    fs.mkdirSync(path.dirname(folder), { recursive: true });
    const free = freeBytes(path.dirname(folder));
    if (free < NEEDED_BYTES) {
      throw new Failure(
        `TensorFlow needs ${formatBytes(NEEDED_BYTES)} in ${cache}, ${formatBytes(free)} are free`,
        "Free some space, or set ASSAY_CACHE to a folder on another disk.",
      );
    }
    await withInstallLock(folder, { onProgress, ...(signal ? { signal } : {}) }, async (work) => {
      // Somebody else may have finished while we waited.
      if (installedVersion(folder)) return;
      const file = await downloadWheel({ pip, wheel, folder: path.join(work, "download"), onProgress, signal });
      await unpackWheel({ python: pip.python, wheel: file, folder: work, onProgress, signal });
      fs.rmSync(path.join(work, "download"), { recursive: true });
      await buildBinding({ compiler, folder: work, onProgress, signal });
      fs.rmSync(path.join(work, "include"), { recursive: true });
      onProgress("trying it");
      const tensorflowVersion = await tryBinding(path.join(work, NATIVE_FILES.binding), signal);
      writeAtomic(
        path.join(work, NATIVE_FILES.marker),
        JSON.stringify({ tensorflowVersion, wheelSha256: wheel.sha256, installedAt: new Date().toISOString() }),
        0o644,
      );
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(work, folder);
    });
    return record(cache, "ready", installedVersion(folder) ?? "");
  } catch (error) {
    if (signal?.aborted) return record(cache, "failed", "the installation was interrupted");
    if (error instanceof Failure) return record(cache, "failed", `${error.message}. ${error.remedy}`);
    return record(cache, "failed", error instanceof Error ? error.message : String(error));
  }
}

/**
 * "TensorFlow 2.21.0", when it is completely there.
 * @param {string} folder
 * @returns {string | undefined}
 */
function installedVersion(folder) {
  const version = readJson(path.join(folder, NATIVE_FILES.marker))?.["tensorflowVersion"];
  const files = [NATIVE_FILES.binding, ...NATIVE_FILES.libraries];
  if (typeof version !== "string" || !files.every((name) => fs.existsSync(path.join(folder, name)))) return undefined;
  return `TensorFlow ${version}`;
}

/**
 * Notes the outcome where `doctor` and the console read it.
 * @param {string} cache
 * @param {"ready" | "installing" | "failed" | "unsupported"} state
 * @param {string} reason
 * @returns {EngineOutcome}
 */
function record(cache, state, reason) {
  const native = { state, reason, folder: nativeFolder(cache), at: new Date().toISOString() };
  try {
    writeAtomic(statusFile(cache), JSON.stringify({ native }), 0o644);
  } catch {
    // A cache that cannot be written is reported by what needs it; the outcome is returned in any case.
  }
  return { ok: state === "ready", reason };
}
