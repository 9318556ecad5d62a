import { Failure } from "../failure.mjs";
import { copyFiles } from "./artifacts.mjs";
import { text, WireError } from "./endpoint.mjs";
import { FROM, oldIdOf, tagMap, tagsOf, UNFINISHED } from "./marks.mjs";

/** @typedef {import("./endpoint.mjs").Endpoint} Endpoint */
/** @typedef {import("./endpoint.mjs").Json} Json */
/** @typedef {import("./import.mjs").Work} Work */

/**
 * @typedef {{ id: string, uri: string, oldUri: string, status: string, isFinished: boolean }} ModelPlace
 */

const BASE = "/api/2.0/mlflow/logged-models";

/**
 * Makes those logged models that are not here yet, with their params and tags, still without files.
 *
 * @param {Work} work
 * @param {Map<string, string>} experiments new id by old id
 * @param {Map<string, { id: string }>} runs by old id
 * @returns {Promise<Map<string, ModelPlace>>} by old id
 */
export async function placeModels(work, experiments, runs) {
  const { source, target, origin, report } = work;
  /** @type {Map<string, ModelPlace>} */
  const places = new Map();
  /** @type {Map<string, Json>} */
  const there = new Map();
  for (const experimentId of new Set(experiments.values())) {
    for await (const model of modelsOf(target, experimentId)) {
      const old = oldIdOf(model["info"]?.["tags"]);
      if (old !== undefined) there.set(old, model);
    }
  }
  for (const [oldExperiment, experimentId] of experiments) {
    try {
      for await (const model of modelsOf(source, oldExperiment)) await place(model, experimentId);
    } catch (error) {
      // Before MLflow 3 there were none.
      if (!(error instanceof WireError && [404, 405, 501].includes(error.status))) throw error;
      report.note("The old server knows no logged models: it is older than MLflow 3.");
      return places;
    }
  }
  return places;

  /**
   * @param {Json} model
   * @param {string} experimentId
   */
  async function place({ info = {}, data = {} }, experimentId) {
    const old = text(info["model_id"]);
    const run = runs.get(text(info["source_run_id"]));
    report.count("logged models", "read");
    // Asked for by name in paths, so it must be one.
    if (!/^[\w-]{1,80}$/.test(old)) return report.leave(`logged model ${JSON.stringify(old)}`, "its id makes no sense");
    try {
      const found = there.get(old);
      const made = found ?? (await target.post(BASE, shell()))["model"];
      report.count("logged models", found === undefined ? "written" : "there");
      places.set(old, {
        id: text(made?.["info"]?.["model_id"]),
        uri: text(made?.["info"]?.["artifact_uri"]),
        oldUri: text(info["artifact_uri"]),
        status: text(info["status"]),
        isFinished: found !== undefined && !tagMap(found["info"]?.["tags"]).has(UNFINISHED),
      });
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(`logged model ${old}`, error);
    }

    function shell() {
      return {
        experiment_id: experimentId,
        name: text(info["name"]),
        ...(text(info["model_type"]) ? { model_type: text(info["model_type"]) } : {}),
        ...(run ? { source_run_id: run.id } : {}),
        params: tagsOf(data["params"]),
        tags: [...tagsOf(info["tags"]), { key: FROM, value: `${origin}#${old}` }, { key: UNFINISHED, value: "true" }],
      };
    }
  }
}

/**
 * Copies the files of the models that are not finished, and says what became of them.
 *
 * @param {Work} work
 * @param {Map<string, ModelPlace>} places
 * @param {(detail: string) => void} say
 */
export async function fillModels(work, places, say) {
  const { source, target, report } = work;
  const waiting = [...places].filter(([, { isFinished }]) => !isFinished);
  for (const [at, [old, place]] of waiting.entries()) {
    const what = `logged model ${old}`;
    try {
      const from = /** @type {const} */ ({ server: source, kind: "model", id: old });
      await copyFiles({ from, to: { server: target, kind: "model", id: place.id, uri: place.uri }, report, what });
      if (place.status === "LOGGED_MODEL_READY" || place.status === "LOGGED_MODEL_UPLOAD_FAILED") {
        await target.call("PATCH", `${BASE}/${place.id}`, { body: { model_id: place.id, status: place.status } });
      }
      // What stayed behind is tried again by the next import.
      if (!report.isWhole(what)) continue;
      await target.call("DELETE", `${BASE}/${place.id}/tags/${UNFINISHED}`, {
        body: { model_id: place.id, tag_key: UNFINISHED },
      });
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(what, error);
    }
    say(`${at + 1} of ${waiting.length} logged models`);
  }
}

/**
 * @param {Endpoint} server
 * @param {string} experimentId
 * @returns {AsyncGenerator<Json>}
 */
async function* modelsOf(server, experimentId) {
  const asked = { experiment_ids: [experimentId], max_results: 50 };
  for await (const page of server.pages("POST", `${BASE}/search`, asked, "models")) yield* page;
}
