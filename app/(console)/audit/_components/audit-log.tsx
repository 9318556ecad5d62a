"use client";
import { Download } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useTransition } from "react";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { Select } from "#app/_ui/input.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";
import { EventDetail } from "#app/(console)/audit/_components/event-detail.tsx";
import { EventTable } from "#app/(console)/audit/_components/event-table.tsx";
import { FilterChips } from "#app/(console)/audit/_components/filter-chips.tsx";
import { MoreFilters } from "#app/(console)/audit/_components/more-filters.tsx";
import { Pager } from "#app/(console)/audit/_components/pager.tsx";
import { ACTION_GROUPS } from "#app/(console)/audit/_components/words.ts";
import { auditSearch, FILTERS, NO_FILTERS } from "#app/(console)/audit/search.ts";
import type { AuditEventRow, AuditPage } from "#lib/record/schemas.ts";

/** The events of a chain: what is looked for and which event is open stand in the address. */
export function AuditLog(props: {
  page: AuditPage;
  /** The event that the address opens, wherever in the chain it stands. */
  opened: AuditEventRow | null;
  /** Addresses that give what is shown as a file. */
  exports: { jsonl: string; csv: string };
  mayInstance: boolean;
}) {
  const { page, opened, exports, mayInstance } = props;
  const [loading, startTransition] = useTransition();
  const [search, setSearch] = useQueryStates(auditSearch, { shallow: false, startTransition });
  const [{ event: seq }, setEvent] = useQueryStates({ event: auditSearch.event }, { history: "push" });
  const event = page.items.find((one) => one.seq === seq) ?? (opened?.seq === seq ? opened : undefined);
  const narrow = (change: Parameters<typeof setSearch>[0]) =>
    void setSearch({ cursor: null, event: null, ...(typeof change === "function" ? {} : change) });
  const filtered = FILTERS.some((name) => search[name] !== "");

  return (
    <div className="space-y-3">
      <search className="block space-y-2">
        <div className="flex flex-wrap items-center gap-2">
          <SearchField
            label="Search events"
            placeholder="Action, subject, actor or detail"
            value={search.q}
            onChange={(q) => narrow({ q: q || null })}
          />
          <Select
            aria-label="Actions"
            className="w-auto"
            value={ACTION_GROUPS.some(([prefix]) => prefix === search.action) ? search.action : ""}
            onChange={(change) => narrow({ action: change.target.value || null })}
          >
            <option value="">Every action</option>
            {ACTION_GROUPS.map(([prefix, words]) => (
              <option key={prefix} value={prefix}>
                {words}
              </option>
            ))}
          </Select>
          {mayInstance && (
            <Select
              aria-label="Chain"
              className="w-auto"
              value={search.chain}
              onChange={(change) =>
                narrow({ ...NO_FILTERS, chain: change.target.value === "instance" ? "instance" : null })
              }
            >
              <option value="project">This project</option>
              <option value="instance">The instance</option>
            </Select>
          )}
          <div className="flex gap-2 sm:ml-auto">
            <Button asChild>
              <a href={exports.jsonl} download>
                <Download aria-hidden />
                JSON Lines
              </a>
            </Button>
            <Button asChild>
              <a href={exports.csv} download>
                <Download aria-hidden />
                CSV
              </a>
            </Button>
          </div>
        </div>
        <MoreFilters fields={["actor", "subject", "requestId", "from", "to"]} search={search} onChange={narrow} />
        <FilterChips search={search} onRemove={(name) => narrow({ [name]: null })} />
      </search>
      {page.items.length === 0 ? (
        <EmptyState title={filtered ? "No event matches" : "Nothing on record yet"}>
          <p>
            {filtered
              ? "Nothing in this chain fits the filters."
              : "Whatever changes runs, models, approvals, keys or members is written down here."}
          </p>
          {filtered && <Button onClick={() => narrow(NO_FILTERS)}>Show all events</Button>}
        </EmptyState>
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <EventTable events={page.items} onOpen={(one) => void setEvent({ event: one.seq })} />
        </div>
      )}
      <Pager
        what="event"
        shown={page.items.length}
        isFirst={search.cursor === ""}
        next={page.nextCursor}
        onGo={(cursor) => void setSearch({ cursor, event: null }, { history: "push" })}
      />
      {event !== undefined && (
        <EventDetail
          event={event}
          onClose={() => void setEvent({ event: null }, { history: "replace" })}
          onFilter={(filter) => narrow({ ...NO_FILTERS, ...filter })}
        />
      )}
    </div>
  );
}
