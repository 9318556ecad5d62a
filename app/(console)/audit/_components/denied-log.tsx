"use client";
import { useQueryStates } from "nuqs";
import { useTransition } from "react";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { CopyId } from "#app/_ui/copy.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { deniedWords } from "#app/(console)/audit/_components/denied-words.ts";
import { FilterChips } from "#app/(console)/audit/_components/filter-chips.tsx";
import { MoreFilters } from "#app/(console)/audit/_components/more-filters.tsx";
import { Pager } from "#app/(console)/audit/_components/pager.tsx";
import { moment } from "#app/(console)/audit/_components/words.ts";
import { auditSearch, FILTERS, NO_FILTERS } from "#app/(console)/audit/search.ts";
import type { DeniedPage } from "#lib/record/schemas.ts";

/** What was refused with 401 or 403, of the whole instance, newest first. */
export function DeniedLog({ page }: { page: DeniedPage }) {
  const [loading, startTransition] = useTransition();
  const [search, setSearch] = useQueryStates(auditSearch, { shallow: false, startTransition });
  const narrow = (change: Parameters<typeof setSearch>[0]) =>
    void setSearch({ cursor: null, ...(typeof change === "function" ? {} : change) });
  const filtered = FILTERS.some((name) => search[name] !== "");
  return (
    <div className="space-y-3">
      <search className="block space-y-2">
        <SearchField
          label="Search denied attempts"
          placeholder="Route or reason"
          value={search.q}
          onChange={(q) => narrow({ q: q || null })}
        />
        <MoreFilters fields={["actor", "ip", "from", "to"]} search={search} onChange={narrow} />
        <FilterChips search={search} onRemove={(name) => narrow({ [name]: null })} />
      </search>
      {page.items.length === 0 ? (
        <EmptyState title={filtered ? "No attempt matches" : "Nobody was refused anything"}>
          <p>
            {filtered
              ? "No denied attempt fits the filters."
              : "Requests without a sign-in, a role or a scope that they need are listed here, with who and from where."}
          </p>
          {filtered && <Button onClick={() => narrow(NO_FILTERS)}>Show all attempts</Button>}
        </EmptyState>
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <Table label="Denied attempts" framed>
            <Head columns={["When (UTC)", "What", { name: "Why", className: "w-full" }, "Who", "Address", "Request"]} />
            <tbody>
              {page.items.map((attempt) => (
                <Tr key={attempt.id} className="hover:bg-muted/60">
                  <Td className="tabular">
                    <time dateTime={attempt.at}>{moment(attempt.at)}</time>
                  </Td>
                  <Td className="font-mono">{attempt.action}</Td>
                  <Td className="min-w-64 py-1.5 whitespace-normal">
                    {deniedWords(attempt.reason)}{" "}
                    <code className="font-mono text-muted-foreground">{attempt.reason}</code>
                  </Td>
                  <Td title={attempt.actor}>{attempt.actorLabel}</Td>
                  <Td className="tabular">{attempt.ip ?? "–"}</Td>
                  <Td>{attempt.requestId === null ? "–" : <CopyId id={attempt.requestId} label="request id" />}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <Pager
        what="attempt"
        shown={page.items.length}
        isFirst={search.cursor === ""}
        next={page.nextCursor}
        onGo={(cursor) => void setSearch({ cursor }, { history: "push" })}
      />
    </div>
  );
}
