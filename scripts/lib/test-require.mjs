import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/**
 * What tests want of the machine beyond Node, and what is done about it where it is missing.
 * @typedef {"redis" | "chromium" | "python" | "mnist" | "native"} Requirement
 */

/** @type {Record<Requirement, { found: (env: NodeJS.ProcessEnv) => string | undefined, remedy: string }>} */
const KNOWN = {
  redis: { found: (env) => onPath(["redis-server"], env), remedy: "apt-get install redis-server" },
  chromium: {
    found: (env) => existing(env["ASSAY_CHROMIUM"]) ?? onPath(["chromium", "chromium-browser", "google-chrome"], env),
    remedy: "apt-get install chromium, or ASSAY_CHROMIUM=<path>",
  },
  python: {
    found: (env) =>
      spawnSync("python3", ["-c", "import ensurepip, venv"], { env }).status === 0 ? "python3" : undefined,
    remedy: "apt-get install python3-venv",
  },
  mnist: {
    found: (env) =>
      existing(env["ASSAY_DATA_DIR"] && path.join(env["ASSAY_DATA_DIR"], "mnist", "train-images-idx3-ubyte.gz")),
    remedy: "ASSAY_DATA_DIR=<folder that holds mnist/ with the four IDX files>",
  },
  // What the native engine is built with; the test run builds it when it is required.
  native: {
    found: (env) => onPath(["g++"], env) && onPath(["python3"], env),
    remedy: "apt-get install g++ python3-pip",
  },
};

/**
 * Which of them are there, and which are not although `ASSAY_TEST_REQUIRE` (names by comma) wants them.
 *
 * `strict`: everything that a test could wait for is required, so a test that is skipped all the same is a failure.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ found: Partial<Record<Requirement, string>>, required: string[], missing: { name: string, remedy: string }[], strict: boolean }}
 */
export function requirements(env = process.env) {
  /** @type {Partial<Record<Requirement, string>>} */
  const found = {};
  for (const name of names()) {
    const where = KNOWN[name].found(env);
    if (where) found[name] = where;
  }
  const required = (env["ASSAY_TEST_REQUIRE"] ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const missing = required.flatMap((name) => {
    const known = names().find((one) => one === name);
    if (!known) return [{ name, remedy: `ASSAY_TEST_REQUIRE knows ${names().join(", ")}` }];
    return found[known] ? [] : [{ name, remedy: KNOWN[known].remedy }];
  });
  return { found, required, missing, strict: names().every((name) => required.includes(name)) };
}

/** @returns {Requirement[]} */
function names() {
  return ["redis", "chromium", "python", "mnist", "native"];
}

/**
 * @param {string | undefined} file
 */
function existing(file) {
  return file && fs.existsSync(file) ? file : undefined;
}

/**
 * @param {string[]} programs
 * @param {NodeJS.ProcessEnv} env
 */
function onPath(programs, env) {
  const folders = (env["PATH"] ?? "").split(path.delimiter);
  return programs
    .flatMap((name) => folders.map((folder) => path.join(folder, name)))
    .find((file) => fs.existsSync(file));
}
