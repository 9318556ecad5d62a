import type { ModelVersion } from "#lib/registry/schemas.ts";

/** The data of a version, as its lineage names it. */
export function trainedOn({ lineage }: Pick<ModelVersion, "lineage">) {
  const { datasetName, datasetVersion, datasetDigest, synthetic } = lineage;
  return { datasetName, datasetVersion, datasetDigest, synthetic };
}
