import Link from "next/link";
import { ActorNamesProvider } from "#app/_ui/actor-name.tsx";
import { RequestView } from "#app/(console)/approvals/[id]/_components/request-view.tsx";
import { readRequest } from "#app/(console)/approvals/[id]/read-request.ts";
import { nameActors } from "#lib/auth/name-actors.ts";
import { requireSession } from "#lib/auth/session.ts";

export default async function RequestPage({ params }: PageProps<"/approvals/[id]">) {
  const request = await readRequest((await params).id);
  const facts = request.evidenceBody?.facts;
  const makers = [facts?.candidate, facts?.champion].flatMap((side) => side?.createdBy ?? []);
  const names = await nameActors(await requireSession(), makers);
  return (
    <ActorNamesProvider names={names}>
      <nav aria-label="Breadcrumb" className="mx-auto max-w-[1400px] px-4 pt-4 text-xs text-muted-foreground md:px-6">
        <Link href="/approvals" className="hover:text-foreground hover:underline">
          Approvals
        </Link>
      </nav>
      <RequestView key={request.id} request={request} />
    </ActorNamesProvider>
  );
}
