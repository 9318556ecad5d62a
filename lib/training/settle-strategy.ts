import { audit } from "#lib/platform/audit.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { type Tx, withTransaction } from "#lib/platform/db.ts";
import { emit } from "#lib/platform/outbox.ts";
import { hadProduction, registerVersion, setStage } from "#lib/registry/index.ts";
import { isRunActive } from "#lib/tracking/status.ts";
import { QUICKSTART_ACTOR } from "#lib/training/quickstart.ts";
import { canStrategyBecome, type StrategyStatus } from "#lib/training/status.ts";
import { selectJob } from "#lib/training/store/jobs.ts";
import {
  type StrategyMember,
  type StrategyRunRow,
  selectMembers,
  selectStrategyRun,
  updateStrategyRun,
} from "#lib/training/store/strategies.ts";

/**
 * What follows from a run's end for the strategy that it belongs to. Called for `run.finished`, `run.failed` and
 * `run.cancelled`, any number of times:
 * - The quickstart rule: of the strategy that a fresh install submits by itself, the first finished run is registered and
 *   promoted at once, while the model never had a Production version. Nobody else's strategy promotes anything.
 * - When no run is left, the strategy is over; its best finished run by test accuracy (of equals the earlier) is
 *   registered as a version of the strategy's model.
 */
export async function settleStrategy(ctx: Ctx, input: { runId: string }): Promise<void> {
  await withTransaction(ctx, async (tx) => {
    const job = await selectJob(tx, input.runId);
    const group = job?.strategyRunId == null ? null : await selectStrategyRun(tx, job.strategyRunId, { lock: true });
    if (group === null) {
      return;
    }
    const members = await selectMembers(tx, group.id);
    const ended = members.find((member) => member.runId === input.runId);
    if (ended?.status === "FINISHED") {
      await promoteFirst(tx, group, ended);
    }
    if (!canStrategyBecome(group.status, "FINISHED") || members.some((member) => isRunActive(member.status))) {
      return;
    }
    await closeStrategy(tx, group, members);
  });
}

async function promoteFirst(tx: Tx, group: StrategyRunRow, ended: StrategyMember): Promise<void> {
  const isQuickstart = group.createdBy === `system:${QUICKSTART_ACTOR.id}`;
  const { modelName } = group;
  if (!isQuickstart || (await hadProduction(tx, { modelName }))) {
    return;
  }
  const quickstart: Tx = { ...tx, actor: QUICKSTART_ACTOR };
  const { version } = await registerVersion(quickstart, { modelName, runId: ended.runId });
  const reason = "quickstart rule: the first finished run of a fresh install serves until a person decides";
  await setStage(quickstart, { modelName, version, stage: "Production", reason });
}

async function closeStrategy(tx: Tx, group: StrategyRunRow, members: StrategyMember[]): Promise<void> {
  const best = bestOf(members);
  if (best !== undefined) {
    await registerVersion(tx, { modelName: group.modelName, runId: best.runId });
  }
  const status = statusOf(members);
  await updateStrategyRun(tx, group.id, { status, bestRunId: best?.runId ?? null });
  audit(tx, {
    action: "strategy.end",
    subject: `strategy_run:${group.id}`,
    detail: { strategy: group.strategy, status, bestRunId: best?.runId, testAccuracy: best?.testAccuracy },
  });
  await emit(tx, "strategy.finished", {
    projectId: tx.projectId,
    strategyRunId: group.id,
    status,
    bestRunId: best?.runId ?? null,
  });
}

/** Highest test accuracy; of equals the one that stands earlier in the strategy. */
export function bestOf(members: readonly StrategyMember[]): StrategyMember | undefined {
  const candidates = members.filter((member) => member.status === "FINISHED" && member.testAccuracy !== null);
  return candidates.reduce<StrategyMember | undefined>(
    (best, member) => (best === undefined || (member.testAccuracy ?? 0) > (best.testAccuracy ?? 0) ? member : best),
    undefined,
  );
}

function statusOf(members: readonly StrategyMember[]): StrategyStatus {
  if (members.some((member) => member.status === "FINISHED")) return "FINISHED";
  return members.every((member) => member.status === "CANCELLED") ? "CANCELLED" : "FAILED";
}
