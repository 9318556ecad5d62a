import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { InvalidError } from "#lib/platform/errors.ts";
import { searchedExperimentIds } from "#lib/tracking/search-experiment-ids.ts";
import { type DatasetSummary, selectDatasetSummaries } from "#lib/tracking/store/search-datasets.ts";

const MOST_EXPERIMENTS = 20;

/**
 * The datasets that runs of these experiments used, each once for a context; at most 1,000.
 *
 * @throws InvalidError no experiment, or more than 20
 */
export async function searchDatasets(ctx: Ctx, search: { experimentIds: string[] }): Promise<DatasetSummary[]> {
  requireScope(ctx, "tracking:read");
  const { experimentIds } = search;
  if (experimentIds.length === 0) throw wrong("SearchDatasets request must specify at least one experiment_id.");
  if (experimentIds.length > MOST_EXPERIMENTS) {
    throw wrong(
      `SearchDatasets request cannot specify more than ${MOST_EXPERIMENTS} experiment_ids. ` +
        `Received ${experimentIds.length} experiment_ids.`,
    );
  }
  return selectDatasetSummaries(ctx, await searchedExperimentIds(ctx, experimentIds), 1_000);
}

function wrong(message: string): InvalidError {
  return new InvalidError(message, {
    details: [{ field: "experiment_ids", problem: message, remedy: "Send from 1 to 20 ids of experiments." }],
  });
}
