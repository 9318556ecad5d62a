import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { notify } from "#lib/platform/notify.ts";
import { requireLength } from "#lib/tracking/entry-name.ts";
import { findWritableRun } from "#lib/tracking/find-run.ts";
import { linkRunModels } from "#lib/tracking/logged-models/link-run.ts";
import { insertRunDatasets } from "#lib/tracking/store/run-inputs.ts";
import type { RunDataset } from "#lib/tracking/store/run-record.ts";

export interface LogInputsInput {
  runId: string;
  datasets: RunDataset[];
  /** Logged models that the run used. */
  models: { modelId: string }[];
}

/** Characters, as MLflow has them. */
const LIMITS = { name: 500, digest: 36, source: 65_535, schema: 1_048_575, profile: 16_777_215 };
const TAG_LIMITS = { key: 255, value: 500 };

/**
 * Says which datasets and models a run used. A dataset is the same in an experiment by its name and digest; what is known
 * already stays as it is.
 *
 * @throws InvalidError  a text is too long
 * @throws NotFoundError no such run or model
 * @throws ConflictError the run is deleted
 */
export async function logInputs(ctx: Ctx, input: LogInputsInput): Promise<void> {
  requireScope(ctx, "tracking:write");
  for (const dataset of input.datasets) requireLimits(dataset);
  const keyOf = ({ name, digest }: RunDataset) => JSON.stringify([name, digest]);
  // The first of a name and digest counts.
  const datasets = [...new Map([...input.datasets].reverse().map((dataset) => [keyOf(dataset), dataset])).values()];
  await withTransaction(ctx, async (tx) => {
    const run = await findWritableRun(tx, input.runId);
    if (datasets.length > 0) await insertRunDatasets(tx, run, datasets.reverse());
    const models = input.models.map(({ modelId }) => ({ modelId, step: 0 }));
    if (models.length > 0) await linkRunModels(tx, { runId: run.id, direction: "input", models });
    await notify(tx.db, "assay_run", run.id);
  });
}

function requireLimits(dataset: RunDataset): void {
  for (const field of ["name", "digest", "source", "schema", "profile"] as const) {
    requireLength(dataset[field] ?? "", field, LIMITS[field]);
  }
  for (const [key, value] of Object.entries(dataset.tags)) {
    requireLength(key, "key", TAG_LIMITS.key);
    requireLength(value, "value", TAG_LIMITS.value);
  }
}
