import { cn } from "#app/_ui/cn.ts";

/** A place held at its final size while the content is on its way. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("animate-pulse rounded-md bg-muted", className)} />;
}

/** A table's place: a header and `rows` rows of 32 px. */
export function TableSkeleton({ rows }: { rows: number }) {
  return (
    <div className="rounded-lg border border-border bg-card" role="status" aria-label="Loading the table">
      {[...Array(rows + 1).keys()].map((row) => (
        <div key={row} className="flex h-8 items-center gap-6 border-b border-border px-3 last:border-b-0">
          <Skeleton className="h-3 w-24" />
          <Skeleton className="h-3 w-48" />
          <Skeleton className="h-3 w-16" />
        </div>
      ))}
    </div>
  );
}
