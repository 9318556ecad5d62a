import type { Ctx } from "#lib/platform/ctx.ts";
import { ConflictError, NotFoundError } from "#lib/platform/errors.ts";
import { findRun, findWritableRun } from "#lib/tracking/find-run.ts";
import { isClient } from "#lib/tracking/is-client.ts";
import { type FileOwner, selectModelOwner, type WritableTable } from "#lib/tracking/store/files.ts";
import { selectTraceOwner } from "#lib/tracking/store/traces.ts";
import { noTrace } from "#lib/tracking/traces/trace-texts.ts";

/** Whose files a caller means: those of a run, of a logged model, or of a trace. */
export interface FilesOf {
  kind: "run" | "model" | "trace";
  id: string;
  /** The experiment that the caller says it belongs to; not looked at when absent. */
  experimentId?: string | undefined;
}

export type WritableOwner = FileOwner & { table: WritableTable };

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
  if (of.kind === "trace") {
    const trace = await selectTraceOwner(ctx, of.id);
    if (trace === null) throw noTrace(of.id);
    requireExperiment(of, trace.experimentId);
    return { table: "trace_file", id: trace.fileKey };
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
  if (of.kind !== "run") return findOwner(ctx, of);
  const run = await findWritableRun(ctx, of.id);
  requireExperiment(of, run.experimentId);
  if (run.managed && isClient(ctx)) {
    throw new ConflictError(`A worker does run ${run.id}: its files are not a client's to change.`, {
      code: "run_managed",
    });
  }
  return { table: "artifact", id: run.id };
}

const NAMES = { run: "Run", model: "Logged model", trace: "Trace" };

function requireExperiment(of: FilesOf, experimentId: string): void {
  if (of.experimentId !== undefined && of.experimentId !== experimentId) {
    throw new NotFoundError(`${NAMES[of.kind]} ${of.id} of experiment ${of.experimentId}`);
  }
}
