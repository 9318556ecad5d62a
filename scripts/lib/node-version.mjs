import { Failure } from "./failure.mjs";

const NEEDED = [20, 19];

/**
 * @param {string} [version]
 * @throws {Failure} Node older than 20.19
 */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [wantMajor = 0, wantMinor = 0] = NEEDED;
  if (major > wantMajor || (major === wantMajor && minor >= wantMinor)) return;
  throw new Failure(
    `Node ${version} is too old: Assay needs Node ${NEEDED.join(".")} or newer.`,
    "Install a current Node from https://nodejs.org (or `nvm install 22`) and type npm start again.",
  );
}
