import type { DatasetVersion } from "#lib/datasets/schemas.ts";
import type { CardFact } from "#lib/record/schemas.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

const UNKNOWN = "not on record";

/** Model details: what it is, who made it, with what code, engine and parameters. */
export function detailFacts(
  version: ModelVersion,
  run: TrainedRun | null,
  label: (actor: string) => string,
): CardFact[] {
  const { lineage } = version;
  const params = Object.entries(lineage.params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key} ${value}`);
  return [
    { name: "Model", value: `${version.modelName}, version ${version.version}` },
    { name: "Stage", value: version.stage },
    { name: "Aliases", value: version.aliases.join(", ") || "none" },
    { name: "Kind", value: "Image classifier: one 28 × 28 grey digit in, ten probabilities out" },
    { name: "Registered", value: `${version.createdAt} by ${label(version.createdBy)}` },
    { name: "Trained by", value: run === null ? UNKNOWN : label(run.createdBy) },
    { name: "Training run", value: version.runId ?? UNKNOWN },
    { name: "Strategy", value: lineage.strategy ?? "none" },
    { name: "Engine", value: lineage.engine ?? UNKNOWN },
    { name: "Seed", value: lineage.seed === null ? UNKNOWN : String(lineage.seed) },
    { name: "Code revision", value: lineage.codeRevision ?? UNKNOWN },
    { name: "Parameters", value: params.join(", ") || UNKNOWN },
    { name: "ONNX file (SHA-256)", value: version.onnxDigest ?? "none: it cannot be served" },
    { name: "Size", value: `${version.sizeBytes.toLocaleString("en")} bytes` },
  ];
}

/** The data that it was trained on (`train`) or measured with (`test`). */
export function dataFacts(
  { lineage }: ModelVersion,
  data: DatasetVersion | undefined,
  part: "train" | "test",
): CardFact[] {
  const { datasetName, datasetVersion, datasetDigest, synthetic } = lineage;
  const count = part === "train" ? data?.trainCount : data?.testCount;
  const limit = part === "train" ? lineage.params["train_limit"] : undefined;
  const counts = data?.classCounts[part].map((images, digit) => `${digit}: ${images.toLocaleString("en")}`);
  return [
    { name: "Dataset", value: datasetName === null ? UNKNOWN : `${datasetName}, version ${datasetVersion ?? "?"}` },
    { name: "Digest (SHA-256)", value: datasetDigest ?? UNKNOWN },
    {
      name: "Origin",
      value: synthetic === null ? UNKNOWN : synthetic ? "synthetic: drawn by a generator" : "written by people",
    },
    { name: "Images", value: count === undefined ? UNKNOWN : count.toLocaleString("en") },
    ...(limit === undefined
      ? []
      : [{ name: "Used for training", value: `${Number(limit).toLocaleString("en")} of them` }]),
    { name: "By digit", value: counts?.join(", ") ?? UNKNOWN },
    {
      name: part === "train" ? "Held out" : "Used for",
      value: part === "train" ? heldOut(lineage.params["validation"]) : "evaluation after training; never for training",
    },
  ];
}

function heldOut(validation: string | undefined): string {
  if (validation === "split") return "a twelfth, chosen by the seed, for validation";
  return validation === "test" ? "nothing: the test set served for validation" : UNKNOWN;
}
