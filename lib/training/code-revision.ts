import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";

const run = promisify(execFile);
let known: Promise<string> | undefined;

/**
 * What code a run was made with: the commit of the clone, with `-dirty` where tracked files differ from it, or the version
 * of the package where there is no clone.
 */
export function codeRevision(): Promise<string> {
  known ??= read();
  return known;
}

async function read(): Promise<string> {
  const root = await packageRoot(dirname(fileURLToPath(import.meta.url)));
  const { version } = z
    .object({ version: z.string() })
    .parse(JSON.parse(await readFile(join(root, "package.json"), "utf8")));
  try {
    await stat(join(root, ".git"));
    const git = (...args: string[]) => run("git", ["-C", root, ...args], { timeout: 5_000 });
    const [head, changed] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no"),
    ]);
    return changed.stdout === "" ? head.stdout.trim() : `${head.stdout.trim()}-dirty`;
  } catch {
    return `v${version}`;
  }
}

/** The folder above this module with a package.json: from source as from a bundle. */
async function packageRoot(folder: string): Promise<string> {
  const isRoot = await stat(join(folder, "package.json")).then(
    () => true,
    () => false,
  );
  if (isRoot || dirname(folder) === folder) {
    return folder;
  }
  return packageRoot(dirname(folder));
}
