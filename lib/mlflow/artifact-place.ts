import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { parseArtifactPath } from "#lib/tracking/artifact-path.ts";
import type { FilesOf } from "#lib/tracking/files/find-owner.ts";

/** What a path of the artifact proxy names: whose files, and which of them. Never a place on a disk. */
export type ArtifactPlace =
  | { of: FilesOf & { experimentId: string }; path: string }
  | { of: { kind: "version"; id: string }; path: string };

/** A place that takes files. */
export type WritablePlace = Extract<ArtifactPlace, { of: FilesOf }>;

const RUN = /^([0-9]{1,18})\/([0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;
const MODEL = /^([0-9]{1,18})\/models\/(m-[0-9a-f]{32})\/artifacts(?:\/(.+))?$/s;
const TRACE = /^([0-9]{1,18})\/traces\/([A-Za-z0-9_-]{1,50})\/artifacts(?:\/(.+))?$/s;
const VERSION = /^versions\/([\w-]{1,64})\/artifacts(?:\/(.+))?$/s;

/**
 * Reads a path as the URIs that we gave out have it: `<experiment>/<run>/artifacts/…`,
 * `<experiment>/models/<model>/artifacts/…`, `<experiment>/traces/<trace>/artifacts/…`, `versions/<version>/artifacts/…`. The path within is empty for the root,
 * which clients write with a slash behind.
 *
 * @param given as the router decoded it, once
 * @throws InvalidError  a trick (see `tracking/artifact-path.ts`)
 * @throws NotFoundError nothing of that form is ours
 */
export function parseArtifactPlace(given: string): ArtifactPlace {
  const whole = parseArtifactPath(given.endsWith("/artifacts/") ? given.slice(0, -1) : given);
  const run = RUN.exec(whole);
  if (run !== null) {
    const [, experimentId = "", id = "", path = ""] = run;
    return { of: { kind: "run", id, experimentId }, path };
  }
  const model = MODEL.exec(whole);
  if (model !== null) {
    const [, experimentId = "", id = "", path = ""] = model;
    return { of: { kind: "model", id, experimentId }, path };
  }
  const trace = TRACE.exec(whole);
  if (trace !== null) {
    const [, experimentId = "", id = "", path = ""] = trace;
    return { of: { kind: "trace", id, experimentId }, path };
  }
  const version = VERSION.exec(whole);
  if (version !== null) {
    const [, id = "", path = ""] = version;
    return { of: { kind: "version", id }, path };
  }
  throw new NotFoundError("A run, logged model, trace or version with artifacts at that path");
}

/**
 * A place that takes files.
 *
 * @throws InvalidError  a registered version: its files never change
 * @throws NotFoundError nothing of that form is ours
 */
export function parseWritablePlace(given: string): WritablePlace {
  const place = parseArtifactPlace(given);
  if (place.of.kind === "version") {
    throw new InvalidError("The files of a registered version never change. Register another version.", {
      code: "version_files_fixed",
      details: [{ field: "path", problem: "a registered version", remedy: "Write to a run or a logged model." }],
    });
  }
  return { of: place.of, path: place.path };
}
