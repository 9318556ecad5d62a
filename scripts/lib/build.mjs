import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { hashOf, readIfThere, writeAtomic } from "./files.mjs";
import { ROOT } from "./paths.mjs";

/** The processes that run from `dist/` in production: output name → source. */
const ENTRIES = {
  server: "server/main.ts",
  worker: "workers/main.ts",
  "training-child": "workers/training-child.ts",
  "onnx-host": "workers/onnx-host.ts",
};

const SHARED_INPUTS = ["lib", "package-lock.json", "tsconfig.json", "prisma/schema"];
const BUNDLE_INPUTS = [...SHARED_INPUTS, "server", "workers", "scripts/lib/build.mjs"];
const PAGES_INPUTS = [
  ...SHARED_INPUTS,
  "app",
  "public",
  "next.config.mjs",
  "postcss.config.mjs",
  "proxy.ts",
  "instrumentation.ts",
];

/**
 * Tests and their fixtures are in no build.
 * @param {string} file
 */
const isBuilt = (file) => !/\.test\.tsx?$/.test(file) && !file.startsWith(path.join("lib", "testing"));

/**
 * Bundles server, worker, training child and model host into `dist/` (ES modules with source maps; packages stay outside).
 * @param {{ root?: string, force?: boolean }} [options]
 * @returns {Promise<boolean>} false: up to date
 * @throws {Failure} a source that does not compile
 */
export async function bundle({ root = ROOT, force = false } = {}) {
  const stamp = path.join(root, "dist", ".hash");
  const want = hashOf(root, BUNDLE_INPUTS, isBuilt);
  const made = Object.keys(ENTRIES).every((name) => fs.existsSync(path.join(root, "dist", `${name}.js`)));
  if (!force && made && readIfThere(stamp) === want) return false;
  fs.rmSync(stamp, { force: true });
  const { build } = await import("esbuild");
  try {
    await build({
      absWorkingDir: root,
      entryPoints: Object.entries(ENTRIES).map(([out, source]) => ({ in: source, out })),
      outdir: "dist",
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20.19",
      packages: "external",
      sourcemap: true,
      logLevel: "silent",
    });
  } catch (error) {
    throw new Failure(
      `The server could not be built: ${error instanceof Error ? error.message : error}`,
      "If you changed the sources, correct them (`npm run types`); else check out the clone anew.",
      error,
    );
  }
  writeAtomic(stamp, want, 0o644);
  return true;
}

/**
 * Whether `.next` was built from the sources as they are.
 * @param {{ root?: string }} [options]
 */
export function arePagesBuilt({ root = ROOT } = {}) {
  return fs.existsSync(path.join(root, ".next", "BUILD_ID")) && readIfThere(pagesStamp(root)) === pagesHash(root);
}

/**
 * `next build`, when the sources changed since the last.
 * @param {{ root?: string, force?: boolean, log?: (text: string) => void, signal?: AbortSignal }} [options]
 * @returns {Promise<boolean>} false: up to date
 * @throws {Failure} what Next said
 */
export async function buildPages({ root = ROOT, force = false, log = () => undefined, signal } = {}) {
  if (!force && arePagesBuilt({ root })) return false;
  fs.rmSync(pagesStamp(root), { force: true });
  const cli = path.join(root, "node_modules", "next", "dist", "bin", "next");
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", NO_COLOR: "1" };
  let output = "";
  const code = await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cli, "build"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal ? { signal } : {}),
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        log(String(chunk));
      });
    }
    child.on("error", reject).on("close", resolve);
  });
  if (code !== 0) {
    const full = /ENOSPC|no space left/i.test(output);
    throw new Failure(
      `The pages could not be built:\n${faults(output)}`,
      full
        ? "The disk is full: free about 1 GB and start again."
        : "If you changed the sources, correct them (`npm run types`); else remove .next and start again.",
    );
  }
  writeAtomic(pagesStamp(root), pagesHash(root), 0o644);
  return true;
}

/**
 * The part of Next's output that says what is wrong.
 * @param {string} output
 */
function faults(output) {
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.includes("at <unknown>"));
  const first = lines.findIndex((line) => /error|failed/i.test(line));
  return lines.slice(Math.max(0, first), Math.max(0, first) + 30).join("\n");
}

/**
 * What `.next` depends on, as one hash.
 * @param {string} root
 */
export function pagesHash(root) {
  return hashOf(root, PAGES_INPUTS, isBuilt);
}

/**
 * @param {string} root
 */
function pagesStamp(root) {
  return path.join(root, ".next", "assay-sources");
}
