import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the request" className="pt-12">
      <Skeleton className="h-13 w-96 max-w-full" />
      <Skeleton className="h-28" />
      <ColumnsSkeleton height="h-80" />
    </PageSkeleton>
  );
}
