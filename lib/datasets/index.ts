/** The room's door for pages. Workers take `prepare-dataset.ts` and `materialise.ts` themselves: a server needs neither. */
export { getDatasetVersion, listDatasets } from "#lib/datasets/list-datasets.ts";
export { findDatasetVersion, readDatasetPart } from "#lib/datasets/read-part.ts";
