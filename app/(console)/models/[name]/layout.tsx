import type { Metadata } from "next";
import { nameOfPath } from "#app/(console)/models/[name]/name-of-path.ts";
import { readModel } from "#app/(console)/models/[name]/read-model.ts";

export async function generateMetadata({ params }: LayoutProps<"/models/[name]">): Promise<Metadata> {
  // A 404 page has a title too; that it is one, the layout says.
  const model = await readModel(nameOfPath(await params)).catch(() => null);
  return { title: model?.name ?? "Not found" };
}

/** Outside the skeleton's boundary, so that a model that is not there is a 404 and not a page that changes its mind. */
export default async function ModelLayout({ children, params }: LayoutProps<"/models/[name]">) {
  await readModel(nameOfPath(await params));
  return children;
}
