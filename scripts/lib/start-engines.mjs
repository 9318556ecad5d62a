import path from "node:path";
import { messageOf } from "./failure.mjs";
import { writeAtomic } from "./files.mjs";

const HEARTBEAT_MS = 10_000;

/**
 * What the worker reads to know which engine to train with (`ASSAY_HOME/run/engines.json`). Jobs wait while it is
 * `installing`; `unavailable` means the wasm engine, and why.
 * @typedef {{ state: "installing" | "ready" | "unavailable", engine: "native" | "wasm", reason: string }} EngineStatus
 */

/**
 * Installs the native engine beside everything else, unless told not to, and keeps the status file.
 *
 * @param {object} options
 * @param {string} options.home
 * @param {string} options.cache
 * @param {string} options.mode ASSAY_ENGINES
 * @param {(line: string) => void} options.note
 * @param {AbortSignal} options.signal
 * @returns {Promise<EngineStatus>} never rejects: without the native engine there is the other
 */
export async function installEngines({ home, cache, mode, note, signal }) {
  const set = (/** @type {EngineStatus} */ status) => {
    writeAtomic(path.join(home, "run", "engines.json"), JSON.stringify(status));
    return status;
  };
  if (mode === "wasm" || mode === "off") {
    return set({ state: "unavailable", engine: "wasm", reason: `ASSAY_ENGINES=${mode}` });
  }
  const installing = () => set({ state: "installing", engine: "native", reason: "" });
  installing();
  // The worker takes a status that has not been renewed for a while for that of a start that was killed.
  const heartbeat = setInterval(installing, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    const { installNativeEngine } = await import("./engines.mjs");
    let saidAt = 0;
    const onProgress = (/** @type {string} */ line) => {
      if (Date.now() - saidAt < 5_000) return;
      saidAt = Date.now();
      note(`  engine: ${line}`);
    };
    const result = await installNativeEngine({ cache, onProgress, signal });
    if (result.ok) return set({ state: "ready", engine: "native", reason: result.reason });
    return set({ state: "unavailable", engine: "wasm", reason: result.reason });
  } catch (error) {
    return set({ state: "unavailable", engine: "wasm", reason: messageOf(error) });
  } finally {
    clearInterval(heartbeat);
  }
}
