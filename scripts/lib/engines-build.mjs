import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { NATIVE_FILES, NATIVE_PIN } from "../../lib/engine/native-pin.mjs";
import { lastLines, runProgram } from "./engines-run.mjs";
import { Failure } from "./failure.mjs";
import { readJson } from "./files.mjs";
import { ROOT } from "./paths.mjs";

/**
 * @returns {Promise<string>} the C++ compiler: CXX, or g++
 * @throws {Failure}
 */
export async function findCompiler() {
  const compiler = process.env["CXX"] || "g++";
  if ((await runProgram(compiler, ["--version"])).code === 0) return compiler;
  throw new Failure(
    `A C++ compiler was not found (${compiler})`,
    "Install one (on Debian: apt-get install g++), or name yours in CXX.",
  );
}

/**
 * Compiles tfjs-node's binding, as its package ships it, together with our kernels against TensorFlow's libraries.
 *
 * @param {{ compiler: string, folder: string, onProgress: (line: string) => void, signal: AbortSignal | undefined }} options
 *   `folder` holds the libraries and `include/`; the binding is put beside them
 * @throws {Failure} packages are missing, or what the compiler said
 */
export async function buildBinding({ compiler, folder, onProgress, signal }) {
  const { tfjsNode, nodeHeaders } = findPackages();
  const kernels = path.join(ROOT, "lib", "engine", "backends", "native", "kernels");
  const sources = [
    path.join(tfjsNode, "binding", "tfjs_backend.cc"),
    path.join(tfjsNode, "binding", "tfjs_binding.cc"),
    path.join(kernels, "assay_kernels.cc"),
  ];
  const includes = [tfjsNode, kernels, path.join(folder, "include"), nodeHeaders];
  onProgress("compiling the binding");
  const { code, output } = await runProgram(
    compiler,
    [
      ...["-O3", "-std=c++17", "-fPIC", "-shared", "-pthread", "-DNAPI_VERSION=8"],
      ...includes.map((include) => `-I${include}`),
      ...sources,
      `-L${folder}`,
      ...NATIVE_FILES.libraries.map((library) => `-l:${library}`),
      // The libraries lie beside the binding, wherever the folder is moved to.
      "-Wl,-rpath,$ORIGIN",
      "-o",
      path.join(folder, NATIVE_FILES.binding),
    ],
    { signal },
  );
  signal?.throwIfAborted();
  if (code === 0 && fs.existsSync(path.join(folder, NATIVE_FILES.binding))) return;
  const fault = output.split("\n").find((line) => line.includes("error")) ?? lastLines(output);
  throw new Failure(`The binding could not be compiled: ${fault}`, "Report this with the compiler's version.");
}

/**
 * @returns {{ tfjsNode: string, nodeHeaders: string }} folders of the binding's sources and of Node's C headers
 * @throws {Failure} a package is missing, or of another version than is pinned
 */
function findPackages() {
  const require = createRequire(import.meta.url);
  let tfjsNode = "";
  let nodeHeaders = "";
  try {
    tfjsNode = path.dirname(require.resolve("@tensorflow/tfjs-node/package.json"));
    nodeHeaders = path.join(path.dirname(require.resolve("node-api-headers/package.json")), "include");
  } catch (cause) {
    throw new Failure("The packages are not installed", "Run `npm ci`, then `npm run engines`.", cause);
  }
  const version = readJson(path.join(tfjsNode, "package.json"))?.["version"];
  if (version === NATIVE_PIN.tfjsNode) return { tfjsNode, nodeHeaders };
  throw new Failure(
    `The package @tensorflow/tfjs-node is ${version}, not ${NATIVE_PIN.tfjsNode}`,
    "Run `npm ci`, then `npm run engines`.",
  );
}

/** Loads a binding and runs one of TensorFlow's ops and one of ours. */
const TRIAL = `
const binding = require(process.argv[1]);
const one = binding.createTensor([], binding.TF_FLOAT, Float32Array.of(3));
const key = binding.createTensor([], binding.TF_INT32, Int32Array.of(1));
const type = { name: "T", type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT };
const [sum] = binding.executeOp("AddV2", [type], [one, one], 1);
const rate = { name: "rate", type: binding.TF_ATTR_FLOAT, value: 0 };
const [same] = binding.executeOp("AssayDropout", [rate], [sum.id, key], 1);
if (binding.tensorDataSync(same.id)[0] !== 6) throw new Error("TensorFlow does not count");
console.log("version " + binding.TF_Version);
`;

/**
 * @param {string} binding
 * @param {AbortSignal | undefined} signal
 * @returns {Promise<string>} TensorFlow's version
 * @throws {Failure} it cannot be loaded here
 */
export async function tryBinding(binding, signal) {
  const { code, output } = await runProgram(process.execPath, ["-e", TRIAL, binding], {
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", NODE_OPTIONS: "" },
    signal,
  });
  signal?.throwIfAborted();
  const version = /^version (.+)$/m.exec(output)?.[1];
  if (code === 0 && version) return version;
  throw new Failure(
    `TensorFlow was built but does not run here: ${lastLines(output)}`,
    "It needs a 64-bit Linux with glibc 2.27 or newer.",
  );
}
