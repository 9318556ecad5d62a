import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { selectExperimentDetail } from "#lib/tracking/store/experiments.ts";

const MAX_IDS = 10_000;

/**
 * The experiments of a search as their real ids: `0` is the project's experiment "Default". Those that are not there, or
 * are another project's, simply have nothing to be found.
 *
 * @throws InvalidError not a number, or too many
 */
export async function searchedExperimentIds(ctx: Ctx, given: readonly string[]): Promise<string[]> {
  const wrong = given.find((id) => !/^[0-9]{1,18}$/.test(id));
  if (wrong !== undefined) {
    throw new InvalidError(`Invalid experiment ID '${wrong.slice(0, 80)}'. Experiment ID must be a valid integer.`, {
      details: [{ field: "experiment_ids", problem: "not a number", remedy: "Send the ids of experiments." }],
    });
  }
  if (given.length > MAX_IDS) {
    throw new InvalidError(`A search names at most ${MAX_IDS} experiments.`, {
      details: [{ field: "experiment_ids", problem: "too many", remedy: "Search in several requests." }],
    });
  }
  const ids = given.map((id) => id.replace(/^0+/, ""));
  if (!ids.includes("")) return ids;
  const byDefault = await selectExperimentDetail(ctx, { name: "Default" });
  return ids.flatMap((id) => (id === "" ? (byDefault?.id ?? []) : id));
}
