import type { ReactNode } from "react";

/** Nothing here yet: why, and the exact next step (a button, a command). */
export function EmptyState({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="rounded-lg border border-dashed border-border bg-card px-6 py-10">
      <div className="mx-auto max-w-xl space-y-3 text-center">
        <h2 className="text-lg font-semibold">{title}</h2>
        <div className="space-y-3 text-muted-foreground">{children}</div>
      </div>
    </div>
  );
}
