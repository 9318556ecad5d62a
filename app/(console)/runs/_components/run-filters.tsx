"use client";
import { Search } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { Input, Select } from "#app/_ui/input.tsx";
import { ExportMenu } from "#app/(console)/runs/_components/export-menu.tsx";
import { FilterField } from "#app/(console)/runs/_components/filter-field.tsx";
import type { RunsSearch } from "#app/(console)/runs/search.ts";
import { RUN_STATUSES } from "#lib/tracking/status.ts";

const WORDS = { QUEUED: "Queued", RUNNING: "Running", FINISHED: "Finished", FAILED: "Failed", CANCELLED: "Cancelled" };

/** What the list shows: text, a filter, states, an experiment, and whether deleted runs. Text is sent 250 ms after the last key. */
export function RunFilters(props: {
  inputRef: RefObject<HTMLInputElement | null>;
  search: RunsSearch;
  experiments: { id: string; name: string }[];
  /** What is wrong with the filter. */
  filterError: string | undefined;
  onChange(change: Partial<Pick<RunsSearch, "experiment" | "q" | "filter" | "status" | "lifecycle">>): void;
}) {
  const { inputRef, search, experiments, filterError, onChange } = props;
  const [text, setText] = useState(search.q);
  const [sent, setSent] = useState(search.q);
  // Back, forward and "show all" change the address from outside.
  if (sent !== search.q && text === sent) {
    setText(search.q);
    setSent(search.q);
  }
  useEffect(() => {
    if (text === sent) return undefined;
    const timer = setTimeout(() => {
      setSent(text);
      onChange({ q: text });
    }, 250);
    return () => clearTimeout(timer);
  });

  return (
    <search className="flex flex-wrap items-center gap-2">
      <div className="relative w-full sm:w-80">
        <Search className="pointer-events-none absolute top-2 left-2.5 size-4 text-muted-foreground" aria-hidden />
        <Input
          ref={inputRef}
          type="search"
          aria-label="Filter runs by name, id or tag"
          aria-keyshortcuts="/"
          placeholder="Name, id or tag ( / )"
          className="pl-8"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={(event) => event.key === "Escape" && event.currentTarget.blur()}
        />
      </div>
      <fieldset className="flex flex-wrap gap-1">
        <legend className="sr-only">States</legend>
        {RUN_STATUSES.map((status) => {
          const on = search.status.includes(status);
          return (
            <button
              key={status}
              type="button"
              aria-pressed={on}
              onClick={() =>
                onChange({ status: on ? search.status.filter((one) => one !== status) : [...search.status, status] })
              }
              className="h-7 rounded-md border border-border bg-card px-2 text-xs font-medium hover:bg-muted aria-pressed:border-primary aria-pressed:bg-accent aria-pressed:text-accent-foreground"
            >
              {WORDS[status]}
            </button>
          );
        })}
      </fieldset>
      <Select
        aria-label="Experiment"
        className="w-auto max-w-60 sm:ml-auto"
        value={search.experiment}
        onChange={(event) => onChange({ experiment: event.target.value })}
      >
        <option value="">All experiments</option>
        {experiments.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Which runs"
        className="w-auto"
        value={search.lifecycle}
        onChange={(event) => onChange({ lifecycle: event.target.value === "deleted" ? "deleted" : "active" })}
      >
        <option value="active">Kept runs</option>
        <option value="deleted">Deleted runs</option>
      </Select>
      <ExportMenu search={search} />
      <FilterField value={search.filter} error={filterError} onChange={(filter) => onChange({ filter })} />
    </search>
  );
}
