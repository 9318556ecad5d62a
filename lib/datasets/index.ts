/** The room's door. */
export { getDatasetVersion, listDatasets } from "#lib/datasets/list-datasets.ts";
export { materialise } from "#lib/datasets/materialise.ts";
export { prepareDataset } from "#lib/datasets/prepare-dataset.ts";
export { requestDataset } from "#lib/datasets/request-dataset.ts";
