import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the deployment">
      <Skeleton className="h-12 w-72" />
      <Skeleton className="h-56" />
      <ColumnsSkeleton height="h-72" />
    </PageSkeleton>
  );
}
