import { requireScope } from "#lib/auth/scopes.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import { timelineEntries } from "#lib/record/get-timeline.ts";
import type { ProductionAt, TimelineEntry } from "#lib/record/schemas.ts";
import { trainedOn } from "#lib/record/trained-on.ts";
import { getModel, getRecordedVersion } from "#lib/registry/index.ts";

/**
 * What was in Production at a moment (now, when none is named), who put it there, on whose approval, and what it was trained on.
 *
 * @throws NotFoundError no such model in the project
 */
export async function getProduction(
  ctx: Ctx,
  input: { name: string; at?: string | undefined },
  approvals: ApprovalLookup,
): Promise<ProductionAt> {
  requireScope(ctx, "registry:read");
  const at = input.at === undefined ? ctx.clock.now() : new Date(input.at);
  const model = await getModel(ctx, input);
  const entries = (await timelineEntries(ctx, input, approvals)).reverse();
  const held = holderAt(entries, at);
  const version = held === null ? null : await getRecordedVersion(ctx, { ...input, version: held.entered.version });
  return {
    modelName: model.name,
    at: at.toISOString(),
    inProduction:
      held === null || version === null
        ? null
        : {
            version: version.version,
            since: held.entered.at,
            until: held.left?.at ?? null,
            actor: held.entered.actor,
            actorLabel: held.entered.actorLabel,
            reason: held.entered.reason,
            approvalId: held.entered.approvalId,
            approval: held.entered.approval,
            runId: version.runId,
            onnxDigest: version.onnxDigest,
            testAccuracy: version.metrics["test_accuracy"] ?? null,
            trainedOn: trainedOn(version),
            lineage: version.lineage,
          },
  };
}

/** `entries` oldest first. Where a version replaces another at one moment, the newcomer holds it. */
function holderAt(
  entries: readonly TimelineEntry[],
  at: Date,
): { entered: TimelineEntry; left: TimelineEntry | undefined } | null {
  const isBefore = (entry: TimelineEntry) => new Date(entry.at) <= at;
  const index = entries.findLastIndex((entry) => entry.to === "Production" && isBefore(entry));
  const entered = entries[index];
  if (entered === undefined) {
    return null;
  }
  const left = entries
    .slice(index + 1)
    .find((entry) => entry.version === entered.version && entry.from === "Production");
  return left !== undefined && isBefore(left) ? null : { entered, left };
}
