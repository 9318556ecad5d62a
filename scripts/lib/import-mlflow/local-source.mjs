import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { lastLines, runProgram } from "../engines-run.mjs";
import { Failure } from "../failure.mjs";
import { startGenuineMlflow } from "../scratch-servers.mjs";

/**
 * Serves an `mlruns` folder or a SQLite `mlflow.db` by the genuine server on this machine, so that every version of them is
 * read by MLflow's own code. It works on a copy of the database, or of the folder's records: nothing is changed there.
 *
 * @param {object} options
 * @param {string} options.python of the environment that has mlflow
 * @param {string} options.place absolute
 * @param {string} options.artifacts absolute: the folder of the server that wrote the database (`--artifacts-destination`)
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 * @throws {Failure} it is neither, or too old
 */
export async function serveLocal({ python, place, artifacts }) {
  const copy = fs.mkdtempSync(path.join(os.tmpdir(), "assay-import-"));
  const remove = () => fs.rmSync(copy, { recursive: true, force: true });
  try {
    const isFolder = fs.statSync(place).isDirectory();
    const store = isFolder ? copyRecords(place, path.join(copy, "mlruns")) : await copyDatabase(python, place, copy);
    // Stores name files by paths that start where the server ran: beside them.
    const keeps = { store, artifacts, cwd: path.dirname(place) };
    const { url, stop } = await startGenuineMlflow({ python, keeps });
    return { url, stop: () => stop().finally(remove) };
  } catch (error) {
    remove();
    throw error;
  }
}

/**
 * @param {string} python
 * @param {string} file
 * @param {string} folder
 */
async function copyDatabase(python, file, folder) {
  const database = path.join(folder, "mlflow.db");
  const backup =
    "import sqlite3, sys; a = sqlite3.connect('file:' + sys.argv[1].replace('%', '%25').replace('?', '%3f').replace('#', '%23') + '?mode=ro', uri=True); a.backup(sqlite3.connect(sys.argv[2]))";
  const copied = await runProgram(python, ["-c", backup, file, database]);
  if (copied.code !== 0) {
    throw new Failure(
      `${file} is no SQLite database: ${lastLines(copied.output, 1)}`,
      "Give an mlflow.db or an mlruns folder.",
    );
  }
  const store = `sqlite:///${database}`;
  const upgraded = await runProgram(python, ["-m", "mlflow", "db", "upgrade", store]);
  if (upgraded.code !== 0) {
    throw new Failure(
      `MLflow cannot read ${file}: ${lastLines(upgraded.output, 3)}`,
      "Start the server that wrote it, and import from that by --uri.",
    );
  }
  return store;
}

/**
 * Copies the folder's records. The files of runs and models stay where they are and are named there, also when the folder
 * has been moved since. Links are left out: they could lead anywhere.
 *
 * @param {string} from
 * @param {string} to
 */
function copyRecords(from, to) {
  const entries = fs.readdirSync(from, { withFileTypes: true });
  if (!entries.some((entry) => entry.isDirectory() && fs.existsSync(path.join(from, entry.name, "meta.yaml")))) {
    throw new Failure(`${from} holds no MLflow experiments.`, "Give an mlruns folder or an mlflow.db.");
  }
  copyFolder(from, to);
  return to;
}

/**
 * @param {string} from
 * @param {string} to
 */
function copyFolder(from, to) {
  fs.mkdirSync(to);
  const entries = fs.readdirSync(from, { withFileTypes: true });
  const files = entries.find((entry) => entry.isDirectory() && entry.name === "artifacts");
  const isOwner = entries.some((entry) => entry.isFile() && entry.name === "meta.yaml");
  for (const entry of entries) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)];
    if (entry.isDirectory()) {
      // MLflow takes a folder for a run only if it has this one, be it empty.
      if (isOwner && entry === files) fs.mkdirSync(target);
      else copyFolder(source, target);
    } else if (entry.isFile()) {
      if (isOwner && files && entry.name === "meta.yaml") {
        const text = fs.readFileSync(source, "utf8");
        fs.writeFileSync(target, withPlace(text, path.join(from, "artifacts")));
      } else {
        fs.copyFileSync(source, target);
      }
    }
  }
}

/**
 * A record that names its files by a path, with the path where they are now. A server keeps those of
 * `mlflow-artifacts:/…` in its own folder, and those of `s3://…` are elsewhere: such names stay.
 *
 * @param {string} record YAML
 * @param {string} folder
 */
function withPlace(record, folder) {
  return record.replace(/^(artifact_uri|artifact_location):[ \t]*(.*)$/m, (line, name, value) => {
    const named = String(value).replace(/^['"]/, "");
    const isPath = named.startsWith("file:") || !/^[\w+.-]{2,}:/.test(named);
    return isPath ? `${name}: ${JSON.stringify(pathToFileURL(folder).href)}` : line;
  });
}
