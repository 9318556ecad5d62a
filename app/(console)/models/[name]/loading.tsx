import { Skeleton, TableSkeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <div className="mx-auto w-full max-w-[1400px] space-y-4 px-4 py-5 md:px-6">
      <Skeleton className="h-13 w-80" />
      <TableSkeleton rows={4} />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-96" />
        <Skeleton className="h-96" />
      </div>
    </div>
  );
}
