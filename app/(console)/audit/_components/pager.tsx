"use client";
import { Button } from "#app/_ui/button.tsx";
import { plural } from "#app/_ui/format.ts";

/** The ways to older rows and back to the newest. */
export function Pager(props: {
  what: string;
  shown: number;
  isFirst: boolean;
  next: string | undefined;
  onGo(cursor: string | null): void;
}) {
  const { what, shown, isFirst, next, onGo } = props;
  return (
    <nav aria-label={`Pages of ${what}s`} className="flex min-h-8 flex-wrap items-center gap-2">
      <p className="mr-auto text-xs text-muted-foreground" aria-live="polite">
        {shown > 0 && `${plural(shown, what)} on this page`}
      </p>
      {!isFirst && <Button onClick={() => onGo(null)}>Newest</Button>}
      {next !== undefined && <Button onClick={() => onGo(next)}>Older</Button>}
    </nav>
  );
}
