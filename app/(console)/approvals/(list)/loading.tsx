import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/approvals/_components/words.ts";

export default function Loading() {
  return (
    <Page title="Approvals" lead={LEAD} actions={<Skeleton className="h-8 w-36" />}>
      <Skeleton className="h-9 w-full max-w-2xl" />
      <Skeleton className="h-8 w-72" />
      <TableSkeleton rows={8} />
    </Page>
  );
}
