import { requireModel } from "#lib/auth/confinement.ts";
import { requireScope } from "#lib/auth/scopes.ts";
import { audit } from "#lib/platform/audit.ts";
import { actorName, type Ctx } from "#lib/platform/ctx.ts";
import { withTransaction } from "#lib/platform/db.ts";
import { InvalidError, NotFoundError } from "#lib/platform/errors.ts";
import { newId } from "#lib/platform/ids.ts";
import { ensureExperiment } from "#lib/tracking/index.ts";
import { readStrategyRun } from "#lib/training/get-strategy-run.ts";
import {
  RequestedSpec,
  type StrategyRun,
  SubmitStrategyBody,
  type SubmitStrategyInput,
} from "#lib/training/schemas.ts";
import { insertStrategyRun } from "#lib/training/store/strategies.ts";
import { findStrategy, STRATEGIES } from "#lib/training/strategies.ts";
import { enqueueNewRun } from "#lib/training/submit-run.ts";
import { withTracking } from "#lib/training/with-tracking.ts";

/**
 * Puts all runs of a strategy in the queue, in their order, in one transaction. `overrides` change every run, `runs`
 * single ones by their place. When the last is over, the best by test accuracy is registered (`settle-strategy.ts`).
 *
 * @throws NotFoundError no such strategy
 * @throws InvalidError  more entries in `runs` than the strategy has
 */
export async function submitStrategy(ctx: Ctx, input: { name: string } & SubmitStrategyInput): Promise<StrategyRun> {
  requireScope(ctx, "training:write");
  const { name, ...body } = input;
  const { experiment, dataset, overrides, runs } = SubmitStrategyBody.parse(body);
  const strategy = findStrategy(name);
  if (strategy === undefined) {
    throw new NotFoundError(`Strategy "${name}" (there are ${STRATEGIES.map((known) => known.name).join(", ")})`);
  }
  requireModel(ctx, strategy.modelName);
  if (runs.length > strategy.runs.length) {
    const problem = `${runs.length} entries, but ${name} has ${strategy.runs.length} runs`;
    throw new InvalidError("Too many runs.", {
      details: [{ field: "runs", problem, remedy: "Send at most one entry a run, in their order." }],
    });
  }
  return withTransaction(ctx, async (tx) => {
    const { id: experimentId } = await ensureExperiment(withTracking(tx), { name: experiment });
    const id = newId("sr");
    const createdBy = actorName(tx.actor);
    await insertStrategyRun(tx, { id, experimentId, strategy: name, modelName: strategy.modelName, createdBy });
    audit(tx, { action: "training.submit_strategy", subject: `strategy_run:${id}`, detail: { strategy: name } });
    for (const [position, run] of strategy.runs.entries()) {
      const spec = RequestedSpec.parse({ ...run.spec, ...overrides, ...runs[position] });
      await enqueueNewRun(tx, {
        name: run.name,
        experimentId,
        dataset,
        spec,
        strategy: { name, runId: id, position },
      });
    }
    return readStrategyRun(tx, id);
  });
}
