import type { Metadata } from "next";
import { actWords } from "#app/(console)/approvals/_components/words.ts";
import { readRequest } from "#app/(console)/approvals/[id]/read-request.ts";

export async function generateMetadata({ params }: LayoutProps<"/approvals/[id]">): Promise<Metadata> {
  // A 404 page has a title too; that it is one, the layout says.
  const request = await readRequest((await params).id).catch(() => null);
  return { title: request === null ? "Not found" : actWords(request.subject) };
}

/** Outside the skeleton's boundary, so that a request that is not there is a 404 and not a page that changes its mind. */
export default async function RequestLayout({ children, params }: LayoutProps<"/approvals/[id]">) {
  await readRequest((await params).id);
  return children;
}
