import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { lastLines, runProgram } from "./engines-run.mjs";
import { Failure } from "./failure.mjs";
import { isRunning } from "./processes.mjs";

/**
 * A virtual environment with exactly these requirements, made on first use under `cache/<name>-<digest>`. It is built
 * beside its place and renamed when it is whole, so one that is there is complete; what pip has downloaded is kept by pip,
 * so a build that was broken off goes on from there.
 *
 * @param {object} options
 * @param {string} options.name what it is for
 * @param {string[]} options.requirements exact ones, as pip reads them: `mlflow==3.17.2`
 * @param {string} options.cache folder of all caches (absolute)
 * @param {(detail: string) => void} [options.say] how far it is
 * @returns {Promise<string>} its Python. Programs of its packages are run through it (`-m`): their first lines name the
 *   folder in which they were built.
 * @throws {Failure} there is no Python with venv, or the packages could not be had
 */
export async function pythonEnv({ name, requirements, cache, say = () => undefined }) {
  const version = await pythonVersion();
  const digest = createHash("sha256")
    .update([version, ...requirements].join("\n"))
    .digest("hex")
    .slice(0, 16);
  const home = path.join(cache, `${name}-${digest}`);
  const python = path.join(home, "bin", "python");
  if (fs.existsSync(python)) return python;

  fs.mkdirSync(cache, { recursive: true });
  removeOrphans(cache, name);
  const staging = `${home}.${process.pid}`;
  try {
    say("a virtual environment");
    const made = await runProgram("python3", ["-m", "venv", staging]);
    if (made.code !== 0) {
      throw new Failure(
        `Python could not make a virtual environment: ${lastLines(made.output)}`,
        "Install venv (on Debian: apt-get install python3-venv).",
      );
    }
    await install(path.join(staging, "bin", "python"), requirements, say);
    try {
      fs.renameSync(staging, home);
    } catch (error) {
      // Another process was faster.
      if (!fs.existsSync(python)) throw error;
    }
  } finally {
    fs.rmSync(staging, { recursive: true, force: true });
  }
  return python;
}

/**
 * The lines of a requirements file that name a package.
 * @param {string} file
 */
export function readRequirements(file) {
  const lines = fs.readFileSync(file, "utf8").split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
}

/**
 * @returns {Promise<string>} "3.11"
 * @throws {Failure}
 */
async function pythonVersion() {
  const code = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";
  const { code: exit, output } = await runProgram("python3", ["-c", code]);
  if (exit === 0) return output.trim();
  throw new Failure(
    exit === null ? "There is no python3 on the PATH." : `python3 has no venv: ${lastLines(output, 1)}`,
    "Install both (on Debian: apt-get install python3 python3-venv).",
  );
}

/**
 * @param {string} python
 * @param {string[]} requirements
 * @param {(detail: string) => void} say
 */
function install(python, requirements, say) {
  const args = ["-m", "pip", "install", "--disable-pip-version-check", "--progress-bar", "off", ...requirements];
  return new Promise((/** @type {(done: void) => void} */ resolve, reject) => {
    const child = spawn(python, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    const take = (/** @type {string} */ text) => {
      output = (output + text).slice(-4_000);
      const found = /^\s*(Collecting|Downloading|Using cached|Installing)\s+(\S+)/m.exec(text);
      if (found) say(`${found[1]?.toLowerCase()} ${path.posix.basename(found[2] ?? "")}`);
    };
    child.stdout.setEncoding("utf8").on("data", take);
    child.stderr.setEncoding("utf8").on("data", take);
    child.on("error", reject).on("close", (code) => {
      if (code === 0) return resolve();
      reject(
        new Failure(
          `pip could not install the packages: ${lastLines(output)}`,
          "Let this machine reach a package index of Python (pip's own settings apply), then run it again: it goes on from what it has.",
        ),
      );
    });
  });
}

/**
 * What builds that were killed have left.
 * @param {string} cache
 * @param {string} name
 */
function removeOrphans(cache, name) {
  for (const folder of fs.readdirSync(cache)) {
    const pid = folder.startsWith(`${name}-`) ? /\.(\d+)$/.exec(folder)?.[1] : undefined;
    if (pid && !isRunning(Number(pid))) fs.rmSync(path.join(cache, folder), { recursive: true, force: true });
  }
}
