import { spawn } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { hashOf, readIfThere, writeAtomic } from "./files.mjs";
import { ROOT } from "./paths.mjs";
import { embeddedPostgres, linkLibraries } from "./pg-binaries.mjs";

/**
 * Does what the packages' install scripts would (none run: `.npmrc` has ignore-scripts): links Postgres's libraries
 * and generates the Prisma client into `lib/platform/generated`. Skips what is up to date.
 *
 * @param {{ root?: string, force?: boolean, signal?: AbortSignal }} [options]
 * @returns {Promise<{ links: number, generated: boolean }>}
 * @throws {Failure} a schema that Prisma refuses
 */
export async function setUp({ root = ROOT, force = false, signal } = {}) {
  let links = 0;
  try {
    links = linkLibraries(embeddedPostgres(root).native);
  } catch (error) {
    // Without an embedded Postgres the rest works on a server of one's own; start says so when it needs one.
    if (!(error instanceof Failure)) throw error;
  }
  return { links, generated: await generateClient(root, force, signal) };
}

/**
 * @param {string} root
 * @param {boolean} force
 * @param {AbortSignal | undefined} signal
 */
async function generateClient(root, force, signal) {
  const require = createRequire(path.join(root, "package.json"));
  const manifests = [require.resolve("prisma/package.json"), require.resolve("@prisma/client/package.json")];
  const versions = manifests.map((file) => path.relative(root, file));
  const want = hashOf(root, ["prisma/schema", "prisma.config.ts", ...versions]);
  const stamp = path.join(root, "lib", "platform", "generated", ".inputs");
  const there = fs.existsSync(path.join(root, "lib", "platform", "generated", "client.ts"));
  if (!force && there && readIfThere(stamp) === want) return false;

  const { code, output } = await runPrisma(root, ["generate"], signal);
  if (code !== 0) {
    throw new Failure(
      `The Prisma client could not be generated:\n${output.trim()}`,
      "If you changed prisma/schema, correct it; else remove node_modules and start again.",
    );
  }
  writeAtomic(stamp, want, 0o644);
  return true;
}

/**
 * Runs the Prisma CLI without its schema engine, which it would download: `generate` never calls it, so any harmless
 * program stands in.
 * @param {string} root
 * @param {string[]} args
 * @param {AbortSignal | undefined} signal
 */
function runPrisma(root, args, signal) {
  const harmless = ["/usr/bin/true", "/bin/true"].find((file) => fs.existsSync(file)) ?? process.execPath;
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.env["PRISMA_SCHEMA_ENGINE_BINARY"] || harmless,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const cli = path.join(root, "node_modules", "prisma", "build", "index.js");
  return new Promise((/** @type {(result: { code: number | null, output: string }) => void} */ resolve, reject) => {
    const child = spawn(process.execPath, [cli, ...args], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
      ...(signal ? { signal } : {}),
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject).on("close", (code) => resolve({ code, output }));
  });
}
