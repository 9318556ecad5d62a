import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";
import { LEAD } from "#app/(console)/traces/_components/words.ts";

export default function Loading() {
  return (
    <Page title="Traces" lead={LEAD}>
      <Skeleton className="h-8 w-80 max-w-full" />
      <TableSkeleton rows={8} />
    </Page>
  );
}
