import { requireScope } from "#lib/auth/scopes.ts";
import { listDatasets } from "#lib/datasets/index.ts";
import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import type { Evaluation } from "#lib/engine/schemas.ts";
import type { Ctx } from "#lib/platform/ctx.ts";
import { isAppError } from "#lib/platform/errors.ts";
import type { ApprovalLookup } from "#lib/record/approval-lookup.ts";
import { dataFacts, detailFacts } from "#lib/record/card-facts.ts";
import { timelineEntries } from "#lib/record/get-timeline.ts";
import { labelActors } from "#lib/record/label-actors.ts";
import type { Interval, ModelCard } from "#lib/record/schemas.ts";
import { cardDigest } from "#lib/registry/card-digest.ts";
import { getVersion } from "#lib/registry/get-model.ts";
import { wilson } from "#lib/stats/wilson.ts";
import { getTrainedRun } from "#lib/training/index.ts";

/**
 * A version's model card in the sections of Mitchell et al. 2019: what the record knows (details, data, metrics with 95 %
 * Wilson intervals, approvals) beside what people wrote.
 *
 * @throws NotFoundError no such version in the project
 */
export async function getCard(
  ctx: Ctx,
  input: { name: string; version: number },
  approvals: ApprovalLookup,
): Promise<ModelCard> {
  for (const scope of ["registry:read", "tracking:read", "datasets:read"] as const) requireScope(ctx, scope);
  const version = await getVersion(ctx, input);
  const state = await cardDigest(ctx, version);
  const run =
    version.runId === null
      ? null
      : await getTrainedRun(ctx, { id: version.runId }).catch((error: unknown) => {
          if (isAppError(error) && error.kind === "not_found") return null;
          throw error;
        });
  const evaluation = run?.evaluation ?? null;
  const data = await findData(ctx, version.lineage.datasetDigest);
  const moves = await timelineEntries(ctx, { name: input.name }, approvals);
  const label = await labelActors(ctx, [...state.editors, version.createdBy, ...(run === null ? [] : [run.createdBy])]);
  const named = (actor: string) => ({ actor, label: label(actor) });
  return {
    modelName: version.modelName,
    version: version.version,
    revision: state.revision,
    digest: state.digest,
    completeness: state.completeness,
    editors: state.editors.map(named),
    updatedBy: state.updatedBy === null ? null : named(state.updatedBy),
    updatedAt: state.updatedAt,
    texts: state.texts,
    details: detailFacts(version, run, label),
    trainingData: dataFacts(version, data, "train"),
    evaluationData: dataFacts(version, data, "test"),
    ...measured(evaluation),
    approvals: moves.filter(
      (move) => move.version === version.version && (move.to === "Production" || move.to === "Staging"),
    ),
  };
}

async function findData(ctx: Ctx, digest: string | null): Promise<DatasetVersion | undefined> {
  const versions = digest === null ? [] : (await listDatasets(ctx)).flatMap((dataset) => dataset.versions);
  return versions.find((version) => version.digest === digest);
}

function measured(evaluation: Evaluation | null): Pick<ModelCard, "metrics" | "perClass" | "confusion"> {
  if (evaluation === null) {
    return { metrics: null, perClass: [], confusion: [] };
  }
  const { confusion, count, accuracy, loss, calibrationError } = evaluation;
  const hits = (label: number) => confusion[label]?.[label] ?? 0;
  const predicted = (label: number) => confusion.reduce((sum, row) => sum + (row[label] ?? 0), 0);
  const right = confusion.reduce((sum, _, label) => sum + hits(label), 0);
  return {
    metrics: { count, accuracy: { ...interval(right, count), value: accuracy }, loss, calibrationError },
    perClass: evaluation.perClass.map((score) => ({
      ...score,
      recallInterval: interval(hits(score.label), score.support),
      precisionInterval: interval(hits(score.label), predicted(score.label)),
    })),
    confusion,
  };
}

/** Of no cases nothing is known: the whole range. */
function interval(hits: number, count: number): Interval {
  if (count === 0) {
    return { value: 0, low: 0, high: 1 };
  }
  const { estimate, lower, upper } = wilson(hits, count);
  return { value: estimate, low: lower, high: upper };
}
