import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the version">
      <Skeleton className="h-13 w-80" />
      <Skeleton className="h-9" />
      <Skeleton className="h-22" />
      <Skeleton className="h-60" />
      <ColumnsSkeleton height="h-96" />
    </PageSkeleton>
  );
}
