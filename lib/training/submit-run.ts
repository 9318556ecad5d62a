import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { emit } from "#lib/platform/outbox.ts";
import { createRun, ensureExperiment } from "#lib/tracking/index.ts";
import { defaultRunName, runParams } from "#lib/training/run-params.ts";
import {
  type DatasetChoice,
  type RequestedSpec,
  SubmitRunBody,
  type SubmitRunInput,
  type SubmittedRun,
} from "#lib/training/schemas.ts";
import { insertJob } from "#lib/training/store/jobs.ts";
import { withTracking } from "#lib/training/with-tracking.ts";

/**
 * Puts a run in the queue: the run, its job, its audit row and its event in one transaction. A worker takes it up after
 * the commit, and again whenever the one before it died.
 *
 * @throws ZodError the input is not a {@link SubmitRunInput}
 */
export async function submitRun(ctx: Ctx, input: SubmitRunInput): Promise<SubmittedRun> {
  requireScope(ctx, "training:write");
  const { name, experiment, dataset, spec } = SubmitRunBody.parse(input);
  return withTransaction(ctx, async (tx) => {
    const { id: experimentId } = await ensureExperiment(withTracking(tx), { name: experiment });
    return enqueueNewRun(tx, { name: name ?? defaultRunName(spec), experimentId, dataset, spec });
  });
}

export interface NewRun {
  name: string;
  experimentId: string;
  dataset: DatasetChoice;
  spec: RequestedSpec;
  strategy?: { name: string; runId: string; position: number };
}

/** The part that a single run and each run of a strategy have in common. The caller has checked the scope. */
export async function enqueueNewRun(tx: Tx, run: NewRun): Promise<SubmittedRun> {
  const { strategy } = run;
  const { id } = await createRun(withTracking(tx), {
    name: run.name,
    experimentId: run.experimentId,
    status: "QUEUED",
    managed: true,
    params: runParams(run.spec),
    tags: strategy === undefined ? {} : { strategy: strategy.name, strategy_run: strategy.runId },
  });
  await insertJob(tx, {
    runId: id,
    strategyRunId: strategy?.runId ?? null,
    position: strategy?.position ?? 0,
    dataset: run.dataset,
    spec: run.spec,
  });
  audit(tx, { action: "training.submit", subject: `run:${id}`, detail: { name: run.name, spec: run.spec } });
  await emit(tx, "run.queued", { projectId: tx.projectId, runId: id, attempt: 0, failures: 0 });
  return { runId: id, name: run.name, status: "QUEUED" };
}
