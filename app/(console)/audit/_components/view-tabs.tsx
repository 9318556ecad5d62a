"use client";
import { useQueryStates } from "nuqs";
import { auditSearch, NO_FILTERS, type View } from "#app/(console)/audit/search.ts";

/** The parts of the page that this person may see. Another part begins without filters: they are not the same. */
export function ViewTabs({ views }: { views: readonly (readonly [View, string])[] }) {
  const [search, setSearch] = useQueryStates(auditSearch, { shallow: false, history: "push" });
  return (
    <nav aria-label="Parts of the record" className="flex gap-1 overflow-x-auto border-b border-border">
      {views.map(([view, words]) => (
        <button
          key={view}
          type="button"
          aria-current={search.view === view ? "page" : undefined}
          onClick={() => void setSearch({ ...NO_FILTERS, view, cursor: null, event: null, chain: null })}
          className="-mb-px h-9 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted-foreground outline-offset-[-2px] hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground"
        >
          {words}
        </button>
      ))}
    </nav>
  );
}
