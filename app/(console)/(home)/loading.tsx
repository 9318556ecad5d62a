import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading">
      <Skeleton className="h-13 w-72 max-w-full" />
      <ColumnsSkeleton height="h-64" />
      <ColumnsSkeleton height="h-72" />
    </PageSkeleton>
  );
}
