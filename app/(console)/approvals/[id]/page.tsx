import Link from "next/link";
import { RequestView } from "#app/(console)/approvals/[id]/_components/request-view.tsx";
import { readRequest } from "#app/(console)/approvals/[id]/read-request.ts";

export default async function RequestPage({ params }: PageProps<"/approvals/[id]">) {
  const request = await readRequest((await params).id);
  return (
    <>
      <nav aria-label="Breadcrumb" className="mx-auto max-w-[1400px] px-4 pt-4 text-xs text-muted-foreground md:px-6">
        <Link href="/approvals" className="hover:text-foreground hover:underline">
          Approvals
        </Link>
      </nav>
      <RequestView key={request.id} request={request} />
    </>
  );
}
