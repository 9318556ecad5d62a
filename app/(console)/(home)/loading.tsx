import { Skeleton } from "#app/_ui/skeleton.tsx";

/** Four cards of about their final size. */
export default function Loading() {
  return (
    <div role="status" aria-label="Loading" className="mx-auto w-full max-w-[1400px] space-y-4 px-4 py-5 md:px-6">
      <Skeleton className="h-13 w-72 max-w-full" />
      <div className="grid gap-4 lg:grid-cols-2">
        <Skeleton className="h-64" />
        <Skeleton className="h-64" />
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </div>
    </div>
  );
}
