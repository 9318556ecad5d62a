"use client";
import { X } from "lucide-react";
import { FILTER_WORDS, moment } from "#app/(console)/audit/_components/words.ts";
import { type AuditSearch, FILTERS, type Filter } from "#app/(console)/audit/search.ts";

/** What narrows the list down at the moment; a click takes one away. */
export function FilterChips({ search, onRemove }: { search: AuditSearch; onRemove(name: Filter): void }) {
  const active = FILTERS.filter((name) => search[name] !== "");
  if (active.length === 0) return null;
  return (
    <ul aria-label="Active filters" className="flex flex-wrap gap-1.5">
      {active.map((name) => {
        const value = name === "from" || name === "to" ? `${moment(search[name])} UTC` : search[name];
        return (
          <li key={name} className="max-w-full">
            <button
              type="button"
              onClick={() => onRemove(name)}
              title={`${FILTER_WORDS[name]}: ${value}`}
              className="flex h-6 max-w-full items-center gap-1 rounded-md border border-border bg-accent px-2 text-xs text-accent-foreground hover:bg-muted"
            >
              <span className="truncate">
                {FILTER_WORDS[name]}: {value}
              </span>
              <X className="size-3 shrink-0" aria-hidden />
              <span className="sr-only">(take away)</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
