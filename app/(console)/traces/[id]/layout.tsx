import type { Metadata } from "next";
import { readTrace } from "#app/(console)/traces/[id]/read-trace.ts";

export async function generateMetadata({ params }: LayoutProps<"/traces/[id]">): Promise<Metadata> {
  // A 404 page has a title too; that it is one, the layout says.
  const trace = await readTrace((await params).id).catch(() => null);
  return { title: trace === null ? "Not found" : (trace.name ?? trace.id) };
}

/** Outside the skeleton's boundary, so that a trace that is not there is a 404 and not a page that changes its mind. */
export default async function TraceLayout({ children, params }: LayoutProps<"/traces/[id]">) {
  await readTrace((await params).id);
  return children;
}
