import { Page } from "#app/_ui/page.tsx";
import { ColumnsSkeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page title="Account" lead="You, how you sign in, and what acts in your name.">
      <ColumnsSkeleton height="h-57" />
      <TableSkeleton rows={2} />
      <TableSkeleton rows={2} />
    </Page>
  );
}
