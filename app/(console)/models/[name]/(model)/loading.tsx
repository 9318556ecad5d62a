import { ColumnsSkeleton, PageSkeleton, Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the model">
      <Skeleton className="h-13 w-80" />
      <TableSkeleton rows={4} />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
      <ColumnsSkeleton height="h-96" />
    </PageSkeleton>
  );
}
