import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { findRun, findWritableRun } from "#lib/tracking/find-run.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import { type FileOwner, selectModelOwner } from "#lib/tracking/store/files.ts";

/** Whose files a caller means: those of a run, or of a logged model. */
export interface FilesOf {
  kind: "run" | "model";
  id: string;
  /** The experiment that the caller says it belongs to; not looked at when absent. */
  experimentId?: string | undefined;
}

export type WritableOwner = FileOwner & { table: "artifact" | "logged_model_file" };

/**
 * The owner in this project, for reading. A deleted run's files can be read; a deleted model's cannot.
 *
 * @throws NotFoundError none, another project's, or of another experiment
 */
export async function findOwner(ctx: Ctx, of: FilesOf): Promise<WritableOwner> {
  if (of.kind === "run") {
    const run = await findRun(ctx, of.id);
    requireExperiment(of, run.experimentId);
    return { table: "artifact", id: run.id };
  }
  const model = await selectModelOwner(ctx, of.id);
  if (model === null || model.isDeleted) throw new NotFoundError(`Logged model with ID '${of.id}'`);
  requireExperiment(of, model.experimentId);
  return { table: "logged_model_file", id: of.id };
}

/**
 * The owner, for writing.
 *
 * @throws NotFoundError as for reading
 * @throws ConflictError the run is deleted, or a worker does it: what it leaves is evidence, which nobody else writes
 */
export async function findWritableOwner(ctx: Ctx, of: FilesOf): Promise<WritableOwner> {
  if (of.kind === "model") return findOwner(ctx, of);
  const run = await findWritableRun(ctx, of.id);
  requireExperiment(of, run.experimentId);
  if (run.managed && isClient(ctx)) {
    throw new ConflictError(`A worker does run ${run.id}: its files are not a client's to change.`, {
      code: "run_managed",
    });
  }
  return { table: "artifact", id: run.id };
}

function requireExperiment(of: FilesOf, experimentId: string): void {
  if (of.experimentId !== undefined && of.experimentId !== experimentId) {
    throw new NotFoundError(`${of.kind === "run" ? "Run" : "Logged model"} ${of.id} of experiment ${of.experimentId}`);
  }
}
