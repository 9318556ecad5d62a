import type { ReactNode } from "react";
import { cn } from "#app/_ui/cn.ts";

/** A framed part of a page. With a title it is a named region. */
export function Card(props: {
  title?: string;
  /** Beside the title: buttons, a hint. */
  aside?: ReactNode;
  className?: string;
  /** Without inner padding, for tables that reach the frame. */
  flush?: boolean;
  children: ReactNode;
}) {
  const { title, aside, className, flush = false, children } = props;
  return (
    <section aria-label={title} className={cn("min-w-0 rounded-lg border border-border bg-card", className)}>
      {title !== undefined && (
        <div className="flex min-h-10 flex-wrap items-center justify-between gap-2 border-b border-border px-4 py-1.5">
          <h2 className="text-sm font-semibold">{title}</h2>
          {aside}
        </div>
      )}
      <div className={flush ? "" : "p-4"}>{children}</div>
    </section>
  );
}
