import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import type { Tx } from "#lib/platform/db.ts";
import { isAppError } from "#lib/platform/errors.ts";
import { lineageOf } from "#lib/registry/lineage-of.ts";
import type { Lineage } from "#lib/registry/schemas.ts";
import { selectVersion } from "#lib/registry/store.ts";
import { parseVersionSource, type VersionSource, wrongSource } from "#lib/registry/version-source.ts";
import { findOwner } from "#lib/tracking/files/find-owner.ts";
import { findRun } from "#lib/tracking/find-run.ts";
import { getRun } from "#lib/tracking/index.ts";
import type { FileOwner } from "#lib/tracking/store/files.ts";
import { selectModelMaker } from "#lib/tracking/store/logged-models.ts";

/** What a version gets from its source. */
export interface SourceFacts {
  /** As it is kept: the label of the version. */
  source: string;
  owner: FileOwner;
  folder: string;
  /** The run that made the files. */
  runId: string | null;
  loggedModelId: string | null;
  metrics: Record<string, number>;
  lineage: Lineage;
}

/**
 * Finds what a source means, in this project. Reading runs and logged models needs `tracking:read`, versions
 * `registry:read`: registering is no way around either.
 *
 * @throws InvalidError `model_source`: not ours, not there, or a deleted run's
 */
export async function readSource(tx: Tx, source: string): Promise<SourceFacts> {
  const parsed = parseVersionSource(source);
  if (parsed.kind === "version") return readVersion(tx, source, parsed);
  requireScope(tx, "tracking:read");
  const { kind, id, experimentId, folder } = parsed;
  const owner = await findOwner(tx, { kind, id, experimentId }).catch((error: unknown) => {
    if (isAppError(error) && error.kind === "not_found") throw wrongSource(source, "no such thing is in this project");
    throw error;
  });
  const runId = kind === "run" ? id : await selectModelMaker(tx, id);
  const loggedModelId = kind === "model" ? id : null;
  return { source, owner, folder, runId, loggedModelId, ...(await factsOfRun(tx, runId, source)) };
}

/** The finite metrics of a run, and its lineage; a deleted one vouches for nothing. */
async function factsOfRun(
  tx: Tx,
  runId: string | null,
  source: string,
): Promise<Pick<SourceFacts, "metrics" | "lineage">> {
  if (runId === null) return { metrics: {}, lineage: lineageOf({ tags: {}, params: {} }) };
  if ((await findRun(tx, runId)).lifecycleStage === "deleted") throw wrongSource(source, `run ${runId} is deleted`);
  const run = await getRun(tx, { id: runId });
  const metrics = Object.entries(run.metrics).flatMap(([key, { value }]) =>
    typeof value === "number" ? [[key, value] as const] : [],
  );
  return { metrics: Object.fromEntries(metrics), lineage: lineageOf(run) };
}

async function readVersion(
  tx: Tx,
  source: string,
  { name, version }: Extract<VersionSource, { kind: "version" }>,
): Promise<SourceFacts> {
  requireScope(tx, "registry:read");
  requireModel(tx, name);
  const found = await selectVersion(tx, name, { version });
  if (found === null) throw wrongSource(source, "no such version is in this project");
  const { id, runId, loggedModelId, metrics, lineage } = found;
  return {
    source: `models:/${name}/${version}`,
    owner: { table: "model_version_file", id },
    folder: "",
    runId,
    loggedModelId,
    metrics,
    lineage,
  };
}
