import { Failure } from "../failure.mjs";
import { text, WireError } from "./endpoint.mjs";
import { FROM, tagMap, tagsOf } from "./marks.mjs";

/** @typedef {import("./import.mjs").Work} Work */

/**
 * Brings the experiments over: one with the same name is taken, another is made. Tags that it lacks are set.
 *
 * @param {Work} work
 * @returns {Promise<Map<string, string>>} new id by old id
 */
export async function importExperiments(work) {
  const { source, target, origin, report } = work;
  const ids = new Map();
  const asked = { view_type: "ALL", max_results: 500 };
  for await (const page of source.pages("POST", "/api/2.0/mlflow/experiments/search", asked, "experiments")) {
    for (const experiment of page) {
      const [id, name] = [text(experiment["experiment_id"]), text(experiment["name"])];
      if (!work.wants(name)) continue;
      report.count("experiments", "read");
      const what = `experiment ${JSON.stringify(name)}`;
      if (experiment["lifecycle_stage"] === "deleted") {
        report.leave(what, "it is deleted there");
        continue;
      }
      try {
        const wanted = [...tagsOf(experiment["tags"]), { key: FROM, value: `${origin}#${id}` }];
        const there = await findByName(target, name);
        if (there?.["lifecycle_stage"] === "deleted") {
          report.leave(what, "one with its name was deleted here; restore it, or delete it for good");
          continue;
        }
        if (there === undefined) {
          const made = await target.post("/api/2.0/mlflow/experiments/create", { name });
          ids.set(id, text(made["experiment_id"]));
          report.count("experiments", "written");
        } else {
          ids.set(id, text(there["experiment_id"]));
          report.count("experiments", "there");
        }
        const has = tagMap(there?.["tags"]);
        for (const tag of wanted.filter(({ key }) => !has.has(key))) {
          await setTag(work, text(ids.get(id)), tag, what);
        }
      } catch (error) {
        if (error instanceof Failure) throw error;
        report.leave(what, error);
      }
    }
  }
  return ids;
}

/**
 * @param {Work} work
 * @param {string} id
 * @param {{ key: string, value: string }} tag
 * @param {string} what
 */
async function setTag({ target, report }, id, tag, what) {
  try {
    await target.post("/api/2.0/mlflow/experiments/set-experiment-tag", { experiment_id: id, ...tag });
  } catch (error) {
    if (error instanceof Failure) throw error;
    report.leave(`${what} · tag ${tag.key}`, error);
  }
}

/**
 * @param {import("./endpoint.mjs").Endpoint} server
 * @param {string} name
 */
async function findByName(server, name) {
  try {
    return (await server.get("/api/2.0/mlflow/experiments/get-by-name", { experiment_name: name }))["experiment"];
  } catch (error) {
    if (error instanceof WireError && error.status === 404) return undefined;
    throw error;
  }
}
