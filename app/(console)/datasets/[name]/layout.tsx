import type { Metadata } from "next";
import { readDataset } from "#app/(console)/datasets/[name]/read-dataset.ts";

export async function generateMetadata({ params }: LayoutProps<"/datasets/[name]">): Promise<Metadata> {
  // A 404 page has a title too; that it is one, the layout says.
  const dataset = await readDataset((await params).name).catch(() => null);
  return { title: dataset?.name ?? "Not found" };
}

/** Outside the skeleton's boundary, so that a dataset that is not there is a 404 and not a page that changes its mind. */
export default async function DatasetLayout({ children, params }: LayoutProps<"/datasets/[name]">) {
  await readDataset((await params).name);
  return children;
}
