import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/settings/members/lead.ts";

export default function Loading() {
  return (
    <Page title="Members" lead={LEAD} actions={<Skeleton className="h-8 w-40" />}>
      <div className="h-9 border-b border-border" />
      <TableSkeleton rows={5} />
    </Page>
  );
}
