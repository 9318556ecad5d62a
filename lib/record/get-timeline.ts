import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import { labelActors } from "#lib/record/label-actors.ts";
import type { StageBar, Timeline, TimelineEntry, TimelineVersion } from "#lib/record/schemas.ts";
import { trainedOn } from "#lib/record/trained-on.ts";
import { getHistory, getModel } from "#lib/registry/index.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/**
 * A model's life: when each version was in which stage, who moved it there and on whose approval.
 *
 * @throws NotFoundError no such model in the project
 */
export async function getTimeline(ctx: Ctx, input: { name: string }, approvals: ApprovalLookup): Promise<Timeline> {
  requireScope(ctx, "registry:read");
  const model = await getModel(ctx, input);
  const entries = await timelineEntries(ctx, input, approvals);
  const label = await labelActors(
    ctx,
    model.versions.map((version) => version.createdBy),
  );
  return {
    modelName: model.name,
    from: model.createdAt,
    to: ctx.clock.now().toISOString(),
    versions: model.versions.map((version) => toTimelineVersion(version, entries, label)),
    entries,
  };
}

/** Every move of the model's versions with names and approvals, newest first. */
export async function timelineEntries(
  ctx: Ctx,
  input: { name: string },
  approvals: ApprovalLookup,
): Promise<TimelineEntry[]> {
  const moves = await getHistory(ctx, input);
  const label = await labelActors(
    ctx,
    moves.map((move) => move.actor),
  );
  const ids = new Set(moves.flatMap((move) => (move.approvalId === null ? [] : [move.approvalId])));
  const facts = ids.size === 0 ? new Map() : await approvals(ctx, [...ids]);
  return moves.map((move) => ({
    ...move,
    actorLabel: label(move.actor),
    approval: move.approvalId === null ? null : (facts.get(move.approvalId) ?? null),
  }));
}

function toTimelineVersion(
  version: ModelVersion,
  entries: readonly TimelineEntry[],
  label: (actor: string) => string,
): TimelineVersion {
  const registeredByLabel = label(version.createdBy);
  // Oldest first; moves at the same moment stay in the order in which they were made.
  const moves = entries.filter((entry) => entry.version === version.version).reverse();
  const starts: Omit<StageBar, "to">[] = [
    {
      stage: "None",
      from: version.createdAt,
      actor: version.createdBy,
      actorLabel: registeredByLabel,
      approvalId: null,
    },
    ...moves.map(({ to, at, actor, actorLabel, approvalId }) => ({
      stage: to,
      from: at,
      actor,
      actorLabel,
      approvalId,
    })),
  ];
  return {
    version: version.version,
    stage: version.stage,
    aliases: version.aliases,
    registeredAt: version.createdAt,
    registeredBy: version.createdBy,
    registeredByLabel,
    runId: version.runId,
    testAccuracy: version.metrics["test_accuracy"] ?? null,
    trainedOn: trainedOn(version),
    bars: starts.map((start, index) => ({ ...start, to: starts[index + 1]?.from ?? null })),
  };
}
