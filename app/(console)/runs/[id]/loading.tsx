import { Skeleton } from "#app/_ui/skeleton.tsx";

export default function Loading() {
  return (
    <div
      role="status"
      aria-label="Loading the run"
      className="mx-auto w-full max-w-[1400px] space-y-4 px-4 pt-13 md:px-6"
    >
      <Skeleton className="h-9 w-80" />
      <Skeleton className="h-16 w-full" />
      <Skeleton className="h-9 w-full" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-84" />
        <Skeleton className="h-84" />
      </div>
    </div>
  );
}
