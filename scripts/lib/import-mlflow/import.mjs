import { importExperiments } from "./experiments.mjs";
import { fillModels, placeModels } from "./logged-models.mjs";
import { importRegistry } from "./registry.mjs";
import { fillRuns, placeRuns } from "./runs.mjs";

/** @typedef {import("./endpoint.mjs").Endpoint} Endpoint */
/** @typedef {import("./report.mjs").Report} Report */

/**
 * What every part of an import has. `origin` names the source in the tags of what is imported; `wants` tells whether an
 * experiment or registered model of this name is to be carried.
 *
 * @typedef {{ source: Endpoint, target: Endpoint, origin: string, report: Report, wants: (name: string) => boolean }} Work
 */

/**
 * Carries everything from one server to another. Each thing says where it is from, so that a second import finds it: what
 * is finished is left alone, what was broken off is gone on with.
 *
 * @param {Work} work
 * @param {ReturnType<typeof import("../steps.mjs").createSteps>["step"]} step
 * @throws {import("../failure.mjs").Failure} one of the servers went away; run it again
 */
export async function importAll(work, step) {
  const experiments = await step("Experiments", () => importExperiments(work));
  const runs = await step("Places for runs", (say) => placeRuns(work, experiments, say));
  const models = await step("Places for logged models", () => placeModels(work, experiments, runs));
  await step("Runs", (say) => fillRuns(work, experiments, runs, models, say));
  await step("Logged models", (say) => fillModels(work, models, say));
  await step("Registered models", (say) => importRegistry(work, { runs, models }, say));
}
