import type { ReactNode } from "react";

/** Label-value pairs in a grid; each is at least `min` wide. */
export function StatGrid({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] overflow-hidden rounded-lg border border-border bg-card">
      {children}
    </dl>
  );
}

/** One figure with its name, its unit and a note under it. */
export function Stat(props: { label: string; value: ReactNode; unit?: string; note?: ReactNode }) {
  return (
    <div className="-mr-px -mb-px border-r border-b border-border px-4 py-3">
      <dt className="text-xs text-muted-foreground">{props.label}</dt>
      <dd className="tabular mt-0.5 text-lg font-semibold">
        {props.value}
        {props.unit !== undefined && (
          <span className="ml-1 text-xs font-normal text-muted-foreground">{props.unit}</span>
        )}
      </dd>
      {props.note !== undefined && <dd className="truncate text-xs text-muted-foreground">{props.note}</dd>}
    </div>
  );
}
