import { PageSkeleton, Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <PageSkeleton label="Loading the policy" className="pt-12">
      <Skeleton className="h-13 w-96 max-w-full" />
      <div className="grid gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Skeleton className="h-[40rem]" />
        <Skeleton className="h-64" />
      </div>
    </PageSkeleton>
  );
}
