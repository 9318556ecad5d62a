import type { Ctx } from "#lib/platform/ctx.ts";
import type { Accuracy, AccuracyQuery, VersionAccuracy } from "#lib/serving/feedback/schemas.ts";
import { reachDeployment } from "#lib/serving/predictions/reach.ts";
import { countLabels, type LabelCount } from "#lib/serving/store/labels.ts";
import { wilson } from "#lib/stats/wilson.ts";

const CLASSES = 10;
/** As evaluation has it (Guo et al. 2017). */
const BINS = 15;

/**
 * How right a deployment's versions were in a window, by what was said about their answers afterwards.
 *
 * @throws NotFoundError no such deployment in the project
 */
export async function getAccuracy(
  ctx: Ctx,
  { name, anonymous, ...filter }: AccuracyQuery & { name: string },
): Promise<Accuracy> {
  const reach = await reachDeployment(ctx, name);
  const counts = await countLabels(ctx.pool, reach, {
    ...filter,
    withAnonymous: anonymous === "include",
    bins: BINS,
  });
  const versions = new Map<string, LabelCount[]>();
  for (const one of counts) {
    const version = `${one.modelName}/${one.modelVersion}`;
    versions.set(version, [...(versions.get(version) ?? []), one]);
  }
  return { deployment: name, versions: [...versions.values()].map(accuracyOf) };
}

function accuracyOf(counts: LabelCount[]): VersionAccuracy {
  const [first] = counts;
  if (first === undefined) throw new Error("a version without labels is not listed");
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, correct: 0 }));
  let anonymous = 0;
  for (const { label, prediction, bin, count, confidence, ...more } of counts) {
    const row = confusion[label];
    if (row) row[prediction] = (row[prediction] ?? 0) + count;
    const into = bins[bin];
    if (into) {
      into.count += count;
      into.confidence += confidence;
      into.correct += label === prediction ? count : 0;
    }
    anonymous += more.anonymous;
  }
  const labelled = bins.reduce((sum, bin) => sum + bin.count, 0);
  const correct = bins.reduce((sum, bin) => sum + bin.correct, 0);
  return {
    model: { name: first.modelName, version: first.modelVersion },
    labelled,
    anonymous,
    correct,
    accuracy: wilson(correct, labelled),
    confusion,
    // Σ n_b / n · |confidence_b − accuracy_b|: the counts of the bins cancel.
    calibrationError: bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.correct), 0) / labelled,
    calibrationBins: bins.map(({ count, confidence, correct: hits }, index) => ({
      from: index / BINS,
      to: (index + 1) / BINS,
      count,
      confidence: count === 0 ? 0 : Math.min(1, confidence / count),
      accuracy: count === 0 ? 0 : hits / count,
    })),
  };
}
