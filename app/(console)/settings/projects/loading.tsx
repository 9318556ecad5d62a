import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/settings/projects/lead.ts";

export default function Loading() {
  return (
    <Page title="Projects" lead={LEAD} actions={<Skeleton className="h-8 w-28" />}>
      <TableSkeleton rows={3} />
    </Page>
  );
}
