interface Data {
  datasetName: string | null;
  datasetVersion: number | null;
}

export function versionHref(model: string, version: number): string {
  return `/models/${encodeURIComponent(model)}/versions/${version}`;
}

/** The page of the data, where the record knows which it was. */
export function datasetHref({ datasetName, datasetVersion }: Data): string | null {
  if (datasetName === null) return null;
  return `/datasets/${encodeURIComponent(datasetName)}${datasetVersion === null ? "" : `?v=${datasetVersion}`}`;
}

export function datasetWords({ datasetName, datasetVersion }: Data): string {
  if (datasetName === null) return "data that is not on record";
  return datasetVersion === null ? datasetName : `${datasetName} version ${datasetVersion}`;
}
