import { Failure } from "../failure.mjs";
import { text, WireError } from "./endpoint.mjs";
import { FROM, OLD_VERSION, oldIdOf, tagMap, tagsOf } from "./marks.mjs";

/** @typedef {import("./endpoint.mjs").Endpoint} Endpoint */
/** @typedef {import("./endpoint.mjs").Json} Json */
/** @typedef {import("./import.mjs").Work} Work */

/**
 * Where imported files are, by their old owner's id.
 * @typedef {Map<string, { id: string, uri: string, oldUri: string }>} Places
 */

const BASE = "/api/2.0/mlflow";

/**
 * Registered models with their versions in their order, aliases and stages. An alias or stage that is set here stays.
 *
 * @param {Work} work
 * @param {{ runs: Places, models: Places }} places
 * @param {(detail: string) => void} say
 */
export async function importRegistry(work, places, say) {
  const { source, report } = work;
  for await (const page of source.pages(
    "GET",
    `${BASE}/registered-models/search`,
    { max_results: 100 },
    "registered_models",
  )) {
    for (const model of page) {
      const name = text(model["name"]);
      if (!work.wants(name)) continue;
      report.count("registered models", "read");
      try {
        await importModel(work, model, places);
      } catch (error) {
        if (error instanceof Failure) throw error;
        report.leave(`registered model ${JSON.stringify(name)}`, error);
      }
      say(name);
    }
  }
}

/**
 * @param {Work} work
 * @param {Json} model
 * @param {{ runs: Places, models: Places }} places
 */
async function importModel(work, model, places) {
  const { source, target, origin, report } = work;
  const name = text(model["name"]);
  const what = `registered model ${JSON.stringify(name)}`;
  if (tagMap(model["tags"]).get("mlflow.prompt.is_prompt") === "true") {
    return report.leave(what, "it is a prompt, and prompts are not carried");
  }
  const there = await findModel(target, name);
  if (there !== undefined && oldIdOf(there["tags"]) === undefined) {
    return report.leave(what, "a model with its name is here already that was not imported; rename one of them");
  }
  if (there === undefined) {
    const tags = [...tagsOf(model["tags"]), { key: FROM, value: `${origin}#${name}` }];
    await target.post(`${BASE}/registered-models/create`, { name, description: text(model["description"]), tags });
  }
  report.count("registered models", there === undefined ? "written" : "there");

  /** @type {Map<string, Json>} the version here, by its number there */
  const numbers = new Map();
  for (const version of await versionsOf(target, name)) {
    const old = tagMap(version["tags"]).get(OLD_VERSION);
    if (old !== undefined) numbers.set(old, version);
  }
  for (const version of await versionsOf(source, name)) {
    const old = text(version["version"]);
    report.count("model versions", "read");
    try {
      const found = numbers.get(old);
      const made = found ?? (await createVersion(work, { name, version, places }));
      numbers.set(old, made);
      report.count("model versions", found === undefined ? "written" : "there");
      if (text(made["version"]) !== old) report.note(`${name}: version ${old} has become ${text(made["version"])}.`);
      await setStage(work, { name, from: version, to: made });
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(`${what} · version ${old}`, error);
    }
  }
  await setAliases(work, { name, aliases: model["aliases"], has: there?.["aliases"], numbers });
}

/**
 * @param {Work} work
 * @param {{ name: string, version: Json, places: { runs: Places, models: Places } }} given
 * @returns {Promise<Json>}
 */
async function createVersion({ target, origin }, { name, version, places }) {
  const [old, status] = [text(version["version"]), text(version["status"])];
  if (status !== "" && status !== "READY") throw new WireError(`it is not ready there (${status})`, 0, "");
  const source = newSource(version, places);
  const run = places.runs.get(text(version["run_id"]));
  const made = await target.post(`${BASE}/model-versions/create`, {
    ...{ name, source: source.uri, description: text(version["description"]) },
    ...(run ? { run_id: run.id } : {}),
    ...(source.modelId ? { model_id: source.modelId } : {}),
    tags: [
      ...tagsOf(version["tags"]),
      { key: FROM, value: `${origin}#${name}/${old}` },
      { key: OLD_VERSION, value: old },
    ],
  });
  return made["model_version"] ?? {};
}

/**
 * The imported place of a version's files.
 *
 * @param {Json} version
 * @param {{ runs: Places, models: Places }} places
 * @returns {{ uri: string, modelId?: string }}
 * @throws {WireError} they belong to nothing that was imported
 */
function newSource(version, { runs, models }) {
  const source = text(version["source"]);
  // Wherever a server kept them: the owner's id and the path within are in every form.
  const [, modelId = ""] = /(?:^models:|\/)\/*(m-[\w-]+)(?:\/artifacts)?\/*$/.exec(source) ?? [];
  const model = models.get(text(version["model_id"])) ?? models.get(modelId);
  if (model !== undefined) return { uri: `models:/${model.id}`, modelId: model.id };
  const [, runId = "", path = ""] =
    /^runs:\/+([^/]+)(?:\/+(.+))?$/.exec(source) ?? /\/([0-9a-f]{32})\/artifacts(?:\/+(.+))?$/.exec(source) ?? [];
  const run = runs.get(runId);
  if (run !== undefined) return { uri: path === "" ? run.uri : `${run.uri}/${path}` };
  const made = runs.get(text(version["run_id"]));
  const rest = made === undefined ? undefined : below(source, made.oldUri);
  if (made !== undefined && rest !== undefined) return { uri: `${made.uri}/${rest}` };
  throw new WireError(`its files are of no run or logged model that was imported (${source.slice(0, 300)})`, 0, "");
}

/**
 * @param {string} uri
 * @param {string} base
 * @returns {string | undefined} the rest of the path; undefined when it is not below the base
 */
function below(uri, base) {
  return base !== "" && uri.startsWith(`${base}/`) ? uri.slice(base.length + 1) : undefined;
}

/**
 * @param {Work} work
 * @param {{ name: string, from: Json, to: Json }} given
 */
async function setStage({ target, report }, { name, from, to }) {
  const stage = text(from["current_stage"]) || "None";
  if (stage === "None") return;
  report.count("stages", "read");
  // Whoever moved it since knows better.
  if (!["", "None"].includes(text(to["current_stage"]))) return report.count("stages", "there");
  const version = text(to["version"]);
  try {
    await target.post(`${BASE}/model-versions/transition-stage`, {
      name,
      version,
      stage,
      archive_existing_versions: false,
    });
    report.count("stages", "written");
  } catch (error) {
    if (error instanceof Failure) throw error;
    report.leave(`registered model ${JSON.stringify(name)} · version ${version} · stage ${stage}`, error);
  }
}

/**
 * @param {Work} work
 * @param {{ name: string, aliases: unknown, has: unknown, numbers: Map<string, Json> }} given
 */
async function setAliases({ target, report }, { name, aliases, has, numbers }) {
  const set = new Set((Array.isArray(has) ? has : []).map((one) => text(one?.["alias"])));
  for (const one of Array.isArray(aliases) ? aliases : []) {
    const alias = text(one?.["alias"]);
    report.count("aliases", "read");
    if (set.has(alias)) {
      report.count("aliases", "there");
      continue;
    }
    const what = `registered model ${JSON.stringify(name)} · alias ${alias}`;
    const version = numbers.get(text(one?.["version"]));
    if (version === undefined) {
      report.leave(what, `its version ${text(one?.["version"])} was not carried`);
      continue;
    }
    try {
      await target.post(`${BASE}/registered-models/alias`, { name, alias, version: text(version["version"]) });
      report.count("aliases", "written");
    } catch (error) {
      if (error instanceof Failure) throw error;
      report.leave(what, error);
    }
  }
}

/**
 * All versions of a model, by their number.
 *
 * @param {Endpoint} server
 * @param {string} name
 */
async function versionsOf(server, name) {
  const quote = name.includes("'") ? '"' : "'";
  const asked = { filter: `name=${quote}${name}${quote}`, max_results: 1_000 };
  /** @type {Json[]} */
  const versions = [];
  for await (const page of server.pages("GET", `${BASE}/model-versions/search`, asked, "model_versions")) {
    versions.push(...page);
  }
  return versions.sort((a, b) => Number(a["version"]) - Number(b["version"]));
}

/**
 * @param {Endpoint} server
 * @param {string} name
 * @returns {Promise<Json | undefined>}
 */
async function findModel(server, name) {
  try {
    return (await server.get(`${BASE}/registered-models/get`, { name }))["registered_model"];
  } catch (error) {
    if (error instanceof WireError && error.status === 404) return undefined;
    throw error;
  }
}
