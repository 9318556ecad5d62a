"use client";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { useTransition } from "react";
import { usePoll } from "#app/_live/use-poll.ts";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { plural } from "#app/_ui/format.ts";
import { Select } from "#app/_ui/input.tsx";
import { InboxTable } from "#app/(console)/approvals/_components/inbox-table.tsx";
import { NoRequests } from "#app/(console)/approvals/_components/no-requests.tsx";
import { STATE_LOOKS } from "#app/(console)/approvals/_components/request-badges.tsx";
import { inboxSearch, VIEWS, type View } from "#app/(console)/approvals/search.ts";
import type { RequestSummary } from "#lib/approvals/schemas.ts";
import { REQUEST_STATES } from "#lib/approvals/status.ts";

const NAMES: Record<View, string> = {
  waiting: "Waiting for me",
  due: "Break-glass to look at",
  mine: "Asked by me",
  open: "Open",
  decided: "Decided",
  all: "All",
};

/** Requests by view, model and state; all of it in the address. New ones appear within half a minute. */
export function Inbox(props: {
  page: { items: RequestSummary[]; nextCursor?: string | undefined };
  /** Of the views whose number tells something. */
  counts: Partial<Record<View, string>>;
  models: string[];
  /** Some policy asks for approvals. */
  isProtected: boolean;
  isAdmin: boolean;
}) {
  const { page, counts, models } = props;
  const router = useRouter();
  const [loading, startTransition] = useTransition();
  const [search, setSearch] = useQueryStates(inboxSearch, { shallow: false, startTransition });
  const refresh = () => startTransition(() => router.refresh());
  usePoll(async () => {
    // A row that moves under an open question would be the wrong one.
    if (document.querySelector("[role=alertdialog], [role=dialog]") === null) router.refresh();
  }, 30_000);

  return (
    <div className="space-y-3">
      <nav aria-label="Lists" className="flex gap-1 overflow-x-auto border-b border-border">
        {VIEWS.filter((view) => view !== "due" || counts.due !== "0" || search.view === "due").map((view) => (
          <button
            key={view}
            type="button"
            aria-current={search.view === view ? "page" : undefined}
            onClick={() => void setSearch({ view, state: null, cursor: null }, { history: "push" })}
            className="-mb-px flex h-9 items-center gap-1.5 border-b-2 border-transparent px-3 text-sm font-medium whitespace-nowrap text-muted-foreground outline-offset-[-2px] hover:text-foreground aria-[current=page]:border-primary aria-[current=page]:text-foreground"
          >
            {NAMES[view]}
            {counts[view] !== undefined && (
              <span className="tabular min-w-5 rounded-full bg-muted px-1.5 text-center text-xs text-muted-foreground">
                {counts[view]}
              </span>
            )}
          </button>
        ))}
      </nav>
      <search className="flex flex-wrap gap-2">
        <Select
          aria-label="Model"
          className="w-auto"
          value={search.model}
          onChange={(event) => void setSearch({ model: event.target.value || null, cursor: null })}
        >
          <option value="">Every model</option>
          {models.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </Select>
        {(search.view === "mine" || search.view === "all") && (
          <Select
            aria-label="State"
            className="w-auto"
            value={search.state ?? ""}
            onChange={(event) =>
              void setSearch({
                state: REQUEST_STATES.find((state) => state === event.target.value) ?? null,
                cursor: null,
              })
            }
          >
            <option value="">Every state</option>
            {REQUEST_STATES.map((state) => (
              <option key={state} value={state}>
                {STATE_LOOKS[state].word}
              </option>
            ))}
          </Select>
        )}
      </search>
      {page.items.length === 0 ? (
        <NoRequests
          view={search.view}
          filtered={search.model !== "" || search.state !== null || search.cursor !== ""}
          isProtected={props.isProtected}
          isAdmin={props.isAdmin}
          onClear={() => void setSearch({ model: null, state: null, cursor: null })}
          onView={(view) => void setSearch({ view })}
        />
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <InboxTable requests={page.items} onDone={refresh} />
        </div>
      )}
      <nav aria-label="Pages of requests" className="flex min-h-8 flex-wrap items-center gap-2">
        <p className="mr-auto text-xs text-muted-foreground" aria-live="polite">
          {page.items.length > 0 && `${plural(page.items.length, "request")} on this page`}
        </p>
        {search.cursor !== "" && <Button onClick={() => void setSearch({ cursor: null })}>First page</Button>}
        {page.nextCursor !== undefined && (
          <Button onClick={() => void setSearch({ cursor: page.nextCursor ?? null }, { history: "push" })}>
            Next page
          </Button>
        )}
      </nav>
    </div>
  );
}
