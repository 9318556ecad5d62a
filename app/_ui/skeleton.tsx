import type { ReactNode } from "react";
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

/** A whole page's place, in the frame of `Page`; `label` says what is on its way. */
export function PageSkeleton(props: { label: string; className?: string; children: ReactNode }) {
  return (
    <div
      role="status"
      aria-label={props.label}
      className={cn("mx-auto w-full max-w-[1400px] space-y-4 px-4 py-5 md:px-6", props.className)}
    >
      {props.children}
    </div>
  );
}

/** Two columns from 1024 px on; `height` is a class. */
export function ColumnsSkeleton({ height }: { height: string }) {
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <Skeleton className={height} />
      <Skeleton className={height} />
    </div>
  );
}
