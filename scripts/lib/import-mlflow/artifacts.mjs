import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../failure.mjs";
import { text, WireError } from "./endpoint.mjs";

/** @typedef {import("./endpoint.mjs").Endpoint} Endpoint */
/** @typedef {import("./report.mjs").Report} Report */

/**
 * Whose files: a run's or a logged model's, by its id on that server.
 * @typedef {{ server: Endpoint, kind: "run" | "model", id: string }} Owner
 */

const MAX_DEPTH = 64;
const MAX_FILES = 1_000_000;
const MAX_BYTES = 2 ** 44;

/**
 * Copies the files that are not there yet with the same size. One that cannot be carried is reported, and the others go on.
 *
 * @param {object} options
 * @param {Owner} options.from
 * @param {Owner & { uri: string }} options.to `uri`: `mlflow-artifacts:/<where its files are put>`
 * @param {Report} options.report
 * @param {string} options.what the owner, for the report
 */
export async function copyFiles({ from, to, report, what }) {
  const base = /^mlflow-artifacts:\/*([^?#]+?)\/*$/.exec(to.uri)?.[1];
  if (base === undefined) throw new WireError(`${to.server.name} does not take files for it (${to.uri}).`, 0, "");
  /** @type {Map<string, number> | undefined} */
  let there;
  for await (const { path, size } of filesOf(from, report, what)) {
    report.count("files", "read");
    report.count("bytes", "read", size);
    there ??= await sizesOf(to);
    if (there.get(path) === size) {
      report.count("files", "there");
      report.count("bytes", "there", size);
      continue;
    }
    try {
      await copyFile({ from, to: to.server, at: `${base}/${path}`, path, size });
      report.count("files", "written");
      report.count("bytes", "written", size);
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(`${what} · file ${path}`, error);
    }
  }
}

/**
 * @param {{ from: Owner, to: Endpoint, at: string, path: string, size: number }} file
 */
async function copyFile({ from, to, at, path, size }) {
  const source =
    from.kind === "run"
      ? await from.server.download("/get-artifact", { run_id: from.id, path })
      : await from.server.download(`/ajax-api/2.0/mlflow/logged-models/${from.id}/artifacts/files`, {
          artifact_file_path: path,
        });
  const exact = exactly(size);
  const copied = pipeline(source, exact);
  const address = at.split("/").map(encodeURIComponent).join("/");
  try {
    await to.upload(`/api/2.0/mlflow-artifacts/artifacts/${address}`, exact, size);
  } finally {
    source.destroy();
    await copied.catch(() => undefined);
  }
}

/**
 * Passes bytes on, and fails when there are more or fewer.
 * @param {number} size
 */
function exactly(size) {
  let bytes = 0;
  const wrong = () => new WireError(`it was listed with ${size} bytes and has ${bytes > size ? "more" : bytes}`, 0, "");
  return new Transform({
    transform(chunk, _encoding, done) {
      bytes += chunk.length;
      if (bytes > size) done(wrong());
      else done(null, chunk);
    },
    flush(done) {
      if (bytes === size) done();
      else done(wrong());
    },
  });
}

/**
 * @param {Owner} owner
 */
async function sizesOf(owner) {
  /** @type {Map<string, number>} */
  const sizes = new Map();
  for await (const { path, size } of filesOf(owner)) sizes.set(path, size);
  return sizes;
}

/**
 * All files below an owner. What is listed in a way that no file can have is reported and left out.
 *
 * @param {Owner} owner
 * @param {Report} [report]
 * @param {string} [what]
 * @returns {AsyncGenerator<{ path: string, size: number }>}
 */
async function* filesOf(owner, report, what = "") {
  const folders = [""];
  let count = 0;
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for await (const entries of listFolder(owner, folder)) {
      for (const entry of entries) {
        const path = text(entry["path"]);
        // A listed file or folder is one step below what was asked for.
        const name = folder === "" ? path : path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : "";
        const size = Number(entry["file_size"] ?? 0);
        if (
          !isName(name) ||
          path.split("/").length > MAX_DEPTH ||
          !(Number.isInteger(size) && size >= 0 && size <= MAX_BYTES)
        ) {
          report?.leave(`${what} · file ${JSON.stringify(path.slice(0, 200))}`, "its name or size makes no sense");
        } else if (++count > MAX_FILES) {
          report?.leave(what, `it has more than ${MAX_FILES} files`);
          return;
        } else if (entry["is_dir"] === true) {
          folders.push(path);
        } else {
          yield { path, size };
        }
      }
    }
  }
}

/**
 * @param {Owner} owner
 * @param {string} folder
 */
function listFolder({ server, kind, id }, folder) {
  return kind === "run"
    ? server.pages("GET", "/api/2.0/mlflow/artifacts/list", { run_id: id, ...(folder && { path: folder }) }, "files")
    : server.pages(
        "GET",
        `/api/2.0/mlflow/logged-models/${id}/artifacts/directories`,
        folder === "" ? {} : { artifact_directory_path: folder },
        "files",
      );
}

/**
 * @param {string} name
 */
function isName(name) {
  return name !== "" && name.length < 256 && !/^\.{1,2}$/.test(name) && !/[/\\\0]/.test(name);
}
