import { Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <div
      role="status"
      aria-label="Loading the dataset"
      className="mx-auto w-full max-w-[1400px] space-y-4 px-4 py-5 md:px-6"
    >
      <Skeleton className="h-13 w-96 max-w-full" />
      <Skeleton className="h-20" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-80" />
        <Skeleton className="h-80" />
      </div>
    </div>
  );
}
