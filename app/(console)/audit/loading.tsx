import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/audit/_components/words.ts";

export default function Loading() {
  return (
    <Page title="Audit log" lead={LEAD}>
      <Skeleton className="h-9" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-22" />
        <Skeleton className="h-22" />
      </div>
      <TableSkeleton rows={12} />
    </Page>
  );
}
