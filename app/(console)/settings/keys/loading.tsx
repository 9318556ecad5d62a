import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/settings/keys/lead.ts";

export default function Loading() {
  return (
    <Page title="Keys" lead={LEAD} actions={<Skeleton className="h-8 w-24" />}>
      <Skeleton className="h-8 w-full sm:w-80" />
      <TableSkeleton rows={5} />
    </Page>
  );
}
