import { InvalidError } from "#lib/platform/errors.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";

/** Where a version's files are taken from: always something of our own, by its id. */
export type VersionSource =
  | { kind: "run"; id: string; experimentId?: string | undefined; folder: string }
  | { kind: "model"; id: string; experimentId?: string | undefined; folder: string }
  | { kind: "version"; name: string; version: number };

const RUNS = /^runs:\/+([0-9a-f]{32})(?:\/(.+))?$/s;
const MODEL_ID = /^models:\/+(m-[0-9a-f]{32})$/;
const MODEL_VERSION = /^models:\/+([^/@]{1,255})\/([0-9]{1,9})$/;
const RUN_FILES = /^mlflow-artifacts:\/+([0-9]{1,18})\/([0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;
const MODEL_FILES = /^mlflow-artifacts:\/+([0-9]{1,18})\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;

/**
 * Reads the URI that a client gives as a version's source. A place of any other kind is refused: a client never chooses where
 * files are, neither on this machine nor on another.
 *
 * @throws InvalidError `model_source`: not one of ours; or its path is a trick
 */
export function parseVersionSource(source: string): VersionSource {
  const given = source.endsWith("/") ? source.slice(0, -1) : source;
  const run = RUNS.exec(given);
  if (run !== null) return { kind: "run", id: run[1] ?? "", folder: folderOf(run[2]) };
  const model = MODEL_ID.exec(given);
  if (model !== null) return { kind: "model", id: model[1] ?? "", folder: "" };
  const version = MODEL_VERSION.exec(given);
  if (version !== null) return { kind: "version", name: version[1] ?? "", version: Number(version[2]) };
  const runFiles = RUN_FILES.exec(given);
  if (runFiles !== null) {
    return { kind: "run", experimentId: runFiles[1], id: runFiles[2] ?? "", folder: folderOf(runFiles[3]) };
  }
  const modelFiles = MODEL_FILES.exec(given);
  if (modelFiles !== null) {
    return { kind: "model", experimentId: modelFiles[1], id: modelFiles[2] ?? "", folder: folderOf(modelFiles[3]) };
  }
  throw wrongSource(source, "it is not a run, logged model or version of this server");
}

function folderOf(path: string | undefined): string {
  return path === undefined ? "" : parseArtifactPath(path);
}

export function wrongSource(source: string, problem: string): InvalidError {
  const shown = source.slice(0, 200);
  return new InvalidError(`Invalid model version source: '${shown}': ${problem}.`, {
    code: "model_source",
    details: [
      {
        field: "source",
        problem,
        remedy:
          "Send models:/<model id>, models:/<name>/<version>, runs:/<run id>/<path> or a URI that this server gave.",
      },
    ],
  });
}
