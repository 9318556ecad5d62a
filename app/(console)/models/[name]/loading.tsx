import { ColumnsSkeleton, PageSkeleton, Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the model">
      <Skeleton className="h-13 w-80" />
      <TableSkeleton rows={4} />
      <ColumnsSkeleton height="h-96" />
    </PageSkeleton>
  );
}
