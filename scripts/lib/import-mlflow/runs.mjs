import { Failure } from "../failure.mjs";
import { copyFiles } from "./artifacts.mjs";
import { text } from "./endpoint.mjs";
import { FROM, oldIdOf, tagMap, tagsOf, UNFINISHED } from "./marks.mjs";
import { copyHistory } from "./metrics.mjs";

/** @typedef {import("./endpoint.mjs").Json} Json */
/** @typedef {import("./import.mjs").Work} Work */

/**
 * A run that has its place: `uri` and `oldUri` are where its files are, here and there.
 * @typedef {{ id: string, uri: string, oldUri: string, isFinished: boolean }} Place
 */

/** With all their params and newest metrics. */
const RUNS_A_PAGE = 200;
const AT_ONCE = 4;
const BATCH = 100;

/**
 * Makes an empty run for each that is not here yet, so that runs and models can name each other before they are filled.
 *
 * @param {Work} work
 * @param {Map<string, string>} experiments new id by old id
 * @param {(detail: string) => void} say
 * @returns {Promise<Map<string, Place>>} by old id
 */
export async function placeRuns(work, experiments, say) {
  const { source, target, origin, report } = work;
  /** @type {Map<string, Place>} */
  const places = new Map();
  /** @type {Map<string, Json>} */
  const there = new Map();
  for (const experimentId of new Set(experiments.values())) {
    for await (const run of runsOf(target, experimentId, "ALL")) {
      const old = oldIdOf(run["data"]?.["tags"]);
      if (old !== undefined) there.set(old, run);
    }
  }
  for (const [oldExperiment, experimentId] of experiments) {
    for await (const { info } of runsOf(source, oldExperiment, "ACTIVE_ONLY")) {
      const old = text(info?.["run_id"]) || text(info?.["run_uuid"]);
      report.count("runs", "read");
      try {
        const found = there.get(old);
        const made =
          found === undefined ? (await target.post("/api/2.0/mlflow/runs/create", shellOf(info, old)))["run"] : found;
        report.count("runs", found === undefined ? "written" : "there");
        places.set(old, {
          id: text(made?.["info"]?.["run_id"]),
          uri: text(made?.["info"]?.["artifact_uri"]),
          oldUri: text(info?.["artifact_uri"]),
          isFinished: found !== undefined && !tagMap(found["data"]?.["tags"]).has(UNFINISHED),
        });
      } catch (error) {
        if (error instanceof Failure) throw error;
        report.leave(`run ${old}`, error);
      }
      say(`${places.size} runs`);
    }

    /**
     * @param {Json} info
     * @param {string} old
     */
    function shellOf(info, old) {
      return {
        experiment_id: experimentId,
        user_id: text(info["user_id"]),
        run_name: text(info["run_name"]),
        start_time: info["start_time"],
        tags: [
          { key: FROM, value: `${origin}#${old}` },
          { key: UNFINISHED, value: "true" },
        ],
      };
    }
  }
  return places;
}

/**
 * Fills the runs that are not finished. What a killed import had written is written again, which changes nothing.
 *
 * @param {Work} work
 * @param {Map<string, string>} experiments
 * @param {Map<string, Place>} places
 * @param {Map<string, { id: string }>} models logged models by old id
 * @param {(detail: string) => void} say
 */
export async function fillRuns(work, experiments, places, models, say) {
  const waiting = [...places.values()].filter(({ isFinished }) => !isFinished).length;
  let done = 0;
  for (const oldExperiment of experiments.keys()) {
    const runs = runsOf(work.source, oldExperiment, "ACTIVE_ONLY");
    const fill = async () => {
      for await (const run of runs) {
        const old = text(run["info"]?.["run_id"]) || text(run["info"]?.["run_uuid"]);
        const place = places.get(old);
        if (place === undefined || place.isFinished) continue;
        try {
          await fillRun(work, { old, run, place, places, models });
        } catch (error) {
          if (error instanceof Failure) throw error;
          work.report.leave(`run ${old}`, error);
        }
        done += 1;
        say(`${done} of ${waiting} runs`);
      }
    };
    // One generator hands its runs out to several that fill them.
    await Promise.all(Array.from({ length: AT_ONCE }, fill));
  }
}

/**
 * @param {Work} work
 * @param {{ old: string, run: Json, place: Place, places: Map<string, Place>, models: Map<string, { id: string }> }} one
 */
async function fillRun(work, { old, run, place, places, models }) {
  const { source, target, report } = work;
  const what = `run ${old}`;
  const { info = {}, data = {} } = run;
  await writeEntries(work, { what, id: place.id, kind: "params", entries: tagsOf(data["params"]) });
  const tags = tagsOf(data["tags"]).map((tag) => translate(tag, old, places));
  await writeEntries(work, { what, id: place.id, kind: "tags", entries: tags });
  for (const key of new Set((data["metrics"] ?? []).map((/** @type {Json} */ metric) => text(metric["key"])))) {
    await copyHistory(work, { what, old, id: place.id, key: String(key), models });
  }
  await writeInputs(work, { what, run, id: place.id, models });
  const from = /** @type {const} */ ({ server: source, kind: "run", id: old });
  await copyFiles({ from, to: { server: target, kind: "run", id: place.id, uri: place.uri }, report, what });
  const status = text(info["status"]);
  if (status !== "" && status !== "RUNNING") {
    const end = info["end_time"];
    await target.post("/api/2.0/mlflow/runs/update", { run_id: place.id, status, ...(end ? { end_time: end } : {}) });
  } else {
    report.note("Runs that were still running there are running here: what they log later is not carried.");
  }
  // What stayed behind is tried again by the next import.
  if (report.isWhole(what)) {
    await target.post("/api/2.0/mlflow/runs/delete-tag", { run_id: place.id, key: UNFINISHED });
  }
}

/**
 * Params or tags, a hundred at once; where the server refuses, one by one, so that only what it refuses stays behind.
 *
 * @param {Work} work
 * @param {{ what: string, id: string, kind: "params" | "tags", entries: { key: string, value: string }[] }} given
 */
async function writeEntries({ target, report }, { what, id, kind, entries }) {
  report.count(kind, "read", entries.length);
  for (let start = 0; start < entries.length; start += BATCH) {
    const some = entries.slice(start, start + BATCH);
    try {
      await target.post("/api/2.0/mlflow/runs/log-batch", { run_id: id, [kind]: some });
      report.count(kind, "written", some.length);
    } catch (error) {
      if (error instanceof Failure) throw error;
      for (const entry of some) await writeOne(entry);
    }
  }

  /**
   * @param {{ key: string, value: string }} entry
   */
  async function writeOne(entry) {
    const path = kind === "params" ? "log-parameter" : "set-tag";
    try {
      await target.post(`/api/2.0/mlflow/runs/${path}`, { run_id: id, ...entry });
      report.count(kind, "written");
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(`${what} · ${kind === "params" ? "param" : "tag"} ${entry.key}`, error);
    }
  }
}

/**
 * Tags that name a run by its id name it by its new one.
 *
 * @param {{ key: string, value: string }} tag
 * @param {string} old
 * @param {Map<string, Place>} places
 */
function translate({ key, value }, old, places) {
  if (key === "mlflow.parentRunId" || key === "mlflow.rootRunId") return { key, value: places.get(value)?.id ?? value };
  if (key === "mlflow.log-model.history") return { key, value: value.replaceAll(old, places.get(old)?.id ?? old) };
  return { key, value };
}

/**
 * Datasets, and the logged models that it used and made.
 *
 * @param {Work} work
 * @param {{ what: string, run: Json, id: string, models: Map<string, { id: string }> }} given
 */
async function writeInputs({ target, report }, { what, run, id, models }) {
  const datasets = list(run["inputs"]?.["dataset_inputs"]);
  const used = list(run["inputs"]?.["model_inputs"]).flatMap((input) => renamed(input));
  const made = list(run["outputs"]?.["model_outputs"]).flatMap((output) => renamed(output));
  report.count("dataset inputs", "read", datasets.length);
  try {
    if (datasets.length + used.length > 0) {
      await target.post("/api/2.0/mlflow/runs/log-inputs", { run_id: id, datasets, models: used });
      report.count("dataset inputs", "written", datasets.length);
    }
    if (made.length > 0) await target.post("/api/2.0/mlflow/runs/outputs", { run_id: id, models: made });
  } catch (error) {
    if (error instanceof Failure) throw error;
    report.leave(`${what} · its datasets and models`, error);
  }

  /**
   * @param {Json} link
   */
  function renamed(link) {
    const model = models.get(text(link["model_id"]));
    return model === undefined ? [] : [{ ...link, model_id: model.id }];
  }
}

/**
 * @param {unknown} value
 * @returns {Json[]}
 */
function list(value) {
  return Array.isArray(value) ? value : [];
}

/**
 * @param {import("./endpoint.mjs").Endpoint} server
 * @param {string} experimentId
 * @param {"ALL" | "ACTIVE_ONLY"} view
 * @returns {AsyncGenerator<Json>}
 */
async function* runsOf(server, experimentId, view) {
  const asked = { experiment_ids: [experimentId], run_view_type: view, max_results: RUNS_A_PAGE };
  for await (const page of server.pages("POST", "/api/2.0/mlflow/runs/search", asked, "runs")) yield* page;
}
