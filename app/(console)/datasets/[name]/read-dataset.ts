import { notFound } from "next/navigation";
import { cache } from "react";
import { requireSession } from "#lib/auth/session.ts";
import { listDatasets } from "#lib/datasets/index.ts";

/** The dataset of this address with its versions, or the 404 page. Read once a request. */
export const readDataset = cache(async (name: string) => {
  const dataset = (await listDatasets(await requireSession())).find((one) => one.name === name);
  const newest = dataset?.versions[0];
  if (dataset === undefined || newest === undefined) notFound();
  return { ...dataset, newest };
});
