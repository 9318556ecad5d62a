import type { Lineage } from "#lib/registry/schemas.ts";
import type { RunDetail } from "#lib/tracking/schemas.ts";

/** Where a version comes from, as its run's tags and params tell; what they do not tell is null. */
export function lineageOf(run: Pick<RunDetail, "tags" | "params">): Lineage {
  const { tags, params } = run;
  return {
    datasetName: tags["dataset"] ?? null,
    datasetVersion: wholeNumber(tags["dataset.version"]),
    datasetDigest: tags["dataset.digest"] ?? null,
    synthetic: tags["dataset.synthetic"] === undefined ? null : tags["dataset.synthetic"] === "true",
    codeRevision: tags["code.revision"] ?? null,
    seed: wholeNumber(params["seed"]),
    engine: tags["engine"] ?? null,
    strategy: tags["strategy"] ?? null,
    params,
  };
}

function wholeNumber(text: string | undefined): number | null {
  const number = Number(text);
  return text !== undefined && Number.isSafeInteger(number) ? number : null;
}
