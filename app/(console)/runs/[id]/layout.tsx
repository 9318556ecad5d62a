import type { Metadata } from "next";
import { readRun } from "#app/(console)/runs/[id]/read-run.ts";

export async function generateMetadata({ params }: LayoutProps<"/runs/[id]">): Promise<Metadata> {
  // A 404 page has a title too; that it is one, the layout says.
  const run = await readRun((await params).id).catch(() => null);
  return { title: run?.name ?? "Not found" };
}

/** Outside the skeleton's boundary, so that a run that is not there is a 404 and not a page that changes its mind. */
export default async function RunLayout({ children, params }: LayoutProps<"/runs/[id]">) {
  await readRun((await params).id);
  return children;
}
