import { requireScope } from "#lib/auth/scopes.ts";
import { listDatasets } from "#lib/datasets/index.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { PreconditionFailedError } from "#lib/platform/errors.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import { getRun, setTags } from "#lib/tracking/index.ts";
import type { RunDetail } from "#lib/tracking/schemas.ts";
import { readReproduction } from "#lib/training/list-reproductions.ts";
import { EngineChoice, type Reproduction } from "#lib/training/schemas.ts";
import { type JobRow, selectJob, updateDatasetVersion } from "#lib/training/store/jobs.ts";
import { enqueueNewRun } from "#lib/training/submit-run.ts";
import { withTracking } from "#lib/training/with-tracking.ts";

/**
 * Trains a version again: a run of the same spec, on the same dataset version, with the engine that trained it. The run has the
 * tag `reproduces`; what it shows is asked for by `listReproductions`.
 *
 * @throws NotFoundError           no such version in the project
 * @throws PreconditionFailedError it was not trained here, or its data is gone
 */
export async function reproduceVersion(ctx: Ctx, input: { name: string; version: number }): Promise<Reproduction> {
  for (const scope of ["training:write", "registry:read", "tracking:read", "datasets:read"] as const) {
    requireScope(ctx, scope);
  }
  const version = await getVersion(ctx, input);
  const { run, job } = await originalOf(ctx, version);
  const engine = EngineChoice.parse(run.tags["engine"] ?? job.spec.engine);
  const reproduces = `${version.modelName}/${version.version}`;
  return withTransaction(ctx, async (tx) => {
    const { runId } = await enqueueNewRun(tx, {
      name: `reproduce-${version.modelName}-${version.version}`,
      experimentId: run.experimentId,
      dataset: job.dataset,
      spec: { ...job.spec, engine },
    });
    await updateDatasetVersion(tx, runId, job.datasetVersionId);
    await setTags(withTracking(tx), { runId, tags: { reproduces } });
    audit(tx, { action: "version.reproduce", subject: `version:${reproduces}`, detail: { runId, engine } });
    return readReproduction(tx, version, runId);
  });
}

/** The run that a version is of, with what it was asked to do. */
async function originalOf(
  ctx: Ctx,
  version: ModelVersion,
): Promise<{ run: RunDetail; job: JobRow & { datasetVersionId: string } }> {
  const job = version.runId === null ? null : await selectJob(ctx, version.runId);
  if (version.runId === null || job === null) {
    throw notReproducible("it was not trained here, so nobody knows how", "Train a run here and register that one.");
  }
  const run = await getRun(ctx, { id: version.runId });
  const { datasetVersionId } = job;
  const data = (await listDatasets(ctx))
    .flatMap((dataset) => dataset.versions)
    .find((candidate) => candidate.id === datasetVersionId);
  if (datasetVersionId === null || data === undefined || data.digest !== version.lineage.datasetDigest) {
    const digest = version.lineage.datasetDigest ?? "(not on record)";
    throw notReproducible(`the data with the digest ${digest} is not here`, "Bring the dataset back; then try again.");
  }
  return { run, job: { ...job, datasetVersionId } };
}

function notReproducible(why: string, remedy: string): PreconditionFailedError {
  return new PreconditionFailedError(`This version cannot be trained again: ${why}.`, {
    code: "not_reproducible",
    details: [{ field: "version", problem: why, remedy }],
  });
}
