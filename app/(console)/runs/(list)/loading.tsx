import { Page } from "#app/_ui/page.tsx";
import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <Page
      title="Runs"
      lead="Every training run of this project, newest first."
      actions={<Skeleton className="h-8 w-24" />}
    >
      <Skeleton className="h-8 w-full max-w-2xl" />
      <TableSkeleton rows={12} />
    </Page>
  );
}
