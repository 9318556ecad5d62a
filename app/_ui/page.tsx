import type { ReactNode } from "react";

/** A page's frame: one h1, what it is about, and its actions at the right. */
export function Page(props: { title: ReactNode; lead?: ReactNode; actions?: ReactNode; children: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-[1400px] space-y-4 px-4 py-5 md:px-6">
      <header className="flex min-h-9 flex-wrap items-start justify-between gap-3">
        <div className="min-w-0 space-y-1">
          <h1 className="text-xl font-semibold tracking-tight break-words">{props.title}</h1>
          {props.lead !== undefined && <div className="text-muted-foreground">{props.lead}</div>}
        </div>
        {props.actions !== undefined && <div className="flex flex-wrap items-center gap-2">{props.actions}</div>}
      </header>
      {props.children}
    </div>
  );
}
