// Plain JavaScript: scripts/engines.mjs reads it before node_modules exists, and the engine reads the same.
import { homedir } from "node:os";
import path from "node:path";

/**
 * What the native engine is made of. `arm64` has no `tensorflow-cpu` wheel; its `tensorflow` wheel is the CPU build.
 */
export const NATIVE_PIN = {
  tensorflow: "2.21.0",
  tfjsNode: "4.22.0",
  python: "3.11",
  /** First 12 digits of the SHA-256 over `backends/native/kernels`, so that changed kernels are built anew. */
  kernels: "c63c3f018545",
  /** Raised when the way of building changes. */
  revision: 1,
  /** @type {Partial<Record<string, { project: string, platform: string, sha256: string }>>} */
  wheels: {
    "linux-x64": {
      project: "tensorflow-cpu",
      platform: "manylinux_2_27_x86_64",
      sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    },
    "linux-arm64": {
      project: "tensorflow",
      platform: "manylinux_2_27_aarch64",
      sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    },
  },
};

/** Names of the files in an installed engine's folder. */
export const NATIVE_FILES = {
  marker: "ok.json",
  binding: "tfjs_binding.node",
  libraries: ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"],
};

/**
 * Where engines are kept: ASSAY_CACHE, or `~/.cache/assay`.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {string} absolute path
 */
export function cacheFolder(env) {
  return path.resolve(env["ASSAY_CACHE"] || path.join(homedir(), ".cache", "assay"));
}

/**
 * The folder of this platform's build; another version, platform or way of building has another.
 *
 * @param {string} cacheDir
 * @returns {string}
 */
export function nativeFolder(cacheDir) {
  const { tensorflow, tfjsNode, kernels, revision } = NATIVE_PIN;
  const key = `tensorflow-${tensorflow}-tfjs-${tfjsNode}-${process.platform}-${process.arch}-${kernels}-r${revision}`;
  return path.join(cacheDir, "engines", "native", key);
}

/**
 * The latest outcome of an installation, for `doctor` and the console:
 * `{ native: { state: "ready" | "installing" | "failed" | "unsupported", reason, folder, at } }`.
 *
 * @param {string} cacheDir
 * @returns {string}
 */
export function statusFile(cacheDir) {
  return path.join(cacheDir, "engines", "engines.json");
}
