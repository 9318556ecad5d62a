import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the trace">
      <Skeleton className="h-13 w-96 max-w-full" />
      <Skeleton className="h-20" />
      <ColumnsSkeleton height="h-80" />
    </PageSkeleton>
  );
}
