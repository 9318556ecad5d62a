import { ColumnsSkeleton, PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the run" className="pt-13">
      <Skeleton className="h-9 w-80" />
      <Skeleton className="h-16 w-full" />
      <Skeleton className="h-9 w-full" />
      <ColumnsSkeleton height="h-84" />
    </PageSkeleton>
  );
}
