"use client";
import { type RowSelectionState, useTable } from "@tanstack/react-table";
import { ArrowDown, ArrowUp } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useQueryStates } from "nuqs";
import { useMemo, useRef, useState, useSyncExternalStore, useTransition } from "react";
import { May, useMay } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { plural } from "#app/_ui/format.ts";
import { useHotkeys } from "#app/_ui/hotkeys.tsx";
import { Table, Td, Th, Tr } from "#app/_ui/table.tsx";
import { BulkBar } from "#app/(console)/runs/_components/bulk-bar.tsx";
import { columns, features, NUMBERS, SORTS } from "#app/(console)/runs/_components/columns.tsx";
import { RunFilters } from "#app/(console)/runs/_components/run-filters.tsx";
import { RunMenu } from "#app/(console)/runs/_components/run-menu.tsx";
import { useLiveRows } from "#app/(console)/runs/_components/use-live-rows.ts";
import { apiQuery, runsSearch } from "#app/(console)/runs/search.ts";
import type { RunPage } from "#lib/tracking/schemas.ts";
import type { QueueReply } from "#lib/training/schemas.ts";

const NONE: RowSelectionState = {};
/** Selecting is for what can be done to several runs at once. */
const READ_COLUMNS = columns.filter(({ id }) => id !== "select");

export function RunsTable(props: {
  page: RunPage;
  queue: QueueReply;
  experiments: { id: string; name: string }[];
  /** What is wrong with the filter; the page is empty then. */
  filterError: string | undefined;
}) {
  const { page, queue, experiments, filterError } = props;
  const router = useRouter();
  const [loading, startTransition] = useTransition();
  const [search, setSearch] = useQueryStates(runsSearch, { shallow: false, startTransition });
  const { rows, newCount } = useLiveRows(page, queue, filterError === undefined ? apiQuery(search) : null);
  const [selection, setSelection] = useState<RowSelectionState>(NONE);
  const body = useRef<HTMLTableSectionElement>(null);
  const filter = useRef<HTMLInputElement>(null);
  const refresh = () => startTransition(() => router.refresh());

  const mayWrite = useMay("training:write");
  const table = useTable({
    features,
    columns: mayWrite ? columns : READ_COLUMNS,
    data: rows,
    getRowId: (run) => run.id,
    state: { rowSelection: selection },
    onRowSelectionChange: setSelection,
  });
  useHotkeys("Runs", useListKeys({ body, filter, router, mayWrite }));

  const selected = table.getSelectedRowModel().rows.map((row) => row.original);
  const filtered = search.q !== "" || search.filter !== "" || search.status.length > 0 || search.experiment !== "";

  return (
    <div className="space-y-3">
      <RunFilters
        inputRef={filter}
        search={search}
        experiments={experiments}
        filterError={filterError}
        onChange={(change) => {
          setSelection(NONE);
          void setSearch({ ...change, cursor: null });
        }}
      />
      <BulkBar
        runs={selected}
        onDone={() => {
          setSelection(NONE);
          refresh();
        }}
        onClear={() => setSelection(NONE)}
      />
      {rows.length === 0 ? (
        <NoRuns
          filtered={filtered}
          isFaulty={filterError !== undefined}
          deleted={search.lifecycle === "deleted"}
          onClear={() => void setSearch(null)}
        />
      ) : (
        <div className={cn("rounded-lg border border-border bg-card", loading && "opacity-60")} aria-busy={loading}>
          <Table label="Runs">
            <thead>
              {table.getHeaderGroups().map((group) => (
                <Tr key={group.id}>
                  {group.headers.map((header) => (
                    <SortableTh
                      key={header.id}
                      id={header.column.id}
                      sort={search.sort}
                      onSort={(sort) => void setSearch({ sort, cursor: null })}
                    >
                      <table.FlexRender header={header} />
                    </SortableTh>
                  ))}
                  <Th>
                    <span className="sr-only">Actions</span>
                  </Th>
                </Tr>
              ))}
            </thead>
            <tbody ref={body}>
              {table.getRowModel().rows.map((row) => (
                <Tr
                  key={row.id}
                  className="hover:bg-muted/60 focus-within:bg-accent/60 data-[selected]:bg-accent"
                  {...(row.getIsSelected() ? { "data-selected": "" } : {})}
                >
                  {row.getAllCells().map((cell) => (
                    <Td key={cell.id} number={NUMBERS.has(cell.column.id)}>
                      <table.FlexRender cell={cell} />
                    </Td>
                  ))}
                  <Td className="w-10 px-1">
                    <RunMenu run={row.original} onDone={refresh} />
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <nav aria-label="Pages of runs" className="flex min-h-8 flex-wrap items-center gap-2">
        <p className="mr-auto text-xs text-muted-foreground" aria-live="polite">
          {plural(rows.length, "run")} on this page
          {newCount > 0 && (
            <button type="button" onClick={refresh} className="ml-3 font-medium text-primary underline">
              {plural(newCount, "new run")}: show
            </button>
          )}
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

/** J and K move the focus along the runs' links, so that Enter opens and the eye sees where it is. */
function useListKeys(props: {
  body: React.RefObject<HTMLTableSectionElement | null>;
  filter: React.RefObject<HTMLInputElement | null>;
  router: ReturnType<typeof useRouter>;
  mayWrite: boolean;
}) {
  const { body, filter, router, mayWrite } = props;
  return useMemo(() => {
    const links = () => [...(body.current?.querySelectorAll<HTMLAnchorElement>("[data-run-link]") ?? [])];
    const current = () => {
      const row = document.activeElement?.closest("tr");
      return links().findIndex((link) => link.closest("tr") === row);
    };
    const move = (by: number) => {
      const all = links();
      const at = current();
      all[at === -1 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))]?.focus();
    };
    const here = () => links()[current()];
    return [
      { keys: "j", what: "Next run", run: () => move(1) },
      { keys: "k", what: "Previous run", run: () => move(-1) },
      { keys: "Enter", what: "Open the run", run: () => here()?.click() },
      { keys: "x", what: "Select the run", run: () => here()?.closest("tr")?.querySelector("input")?.click() },
      { keys: "/", what: "Filter", run: () => filter.current?.focus() },
      ...(mayWrite ? [{ keys: "n", what: "New run", run: () => router.push("/runs/new") }] : []),
    ];
  }, [body, filter, router, mayWrite]);
}

function SortableTh(props: { id: string; sort: string; onSort(sort: string): void; children: React.ReactNode }) {
  const { id, sort, onSort, children } = props;
  const key = SORTS[id];
  const number = NUMBERS.has(id);
  if (key === undefined) return <Th number={number}>{children}</Th>;
  const on = sort.replace(/^-/, "") === key;
  const down = sort.startsWith("-");
  const Icon = down ? ArrowDown : ArrowUp;
  return (
    <Th number={number} aria-sort={on ? (down ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        onClick={() => onSort(on && down ? key : `-${key}`)}
        className={cn(
          "inline-flex items-center gap-1 hover:text-foreground",
          on && "text-foreground",
          // The arrow stands inside of a right-aligned header, so that the words stay above the figures.
          number && "flex-row-reverse",
        )}
      >
        {children}
        <Icon className={cn("size-3", !on && "opacity-0")} aria-hidden />
      </button>
    </Th>
  );
}

function NoRuns(props: { filtered: boolean; isFaulty: boolean; deleted: boolean; onClear(): void }) {
  const { filtered, isFaulty, deleted, onClear } = props;
  // The server does not know it: asked for after the first paint, so that both render the same at first.
  const origin = useSyncExternalStore(
    () => () => undefined,
    () => location.origin,
    () => "",
  );
  if (isFaulty) {
    return (
      <EmptyState title="The filter cannot be understood">
        <p>What is wrong with it stands below its field.</p>
        <Button onClick={onClear}>Show all runs</Button>
      </EmptyState>
    );
  }
  if (filtered || deleted) {
    return (
      <EmptyState title={deleted ? "No deleted runs" : "No run matches"}>
        <p>
          {deleted ? "Runs that are deleted can be restored from here." : "Nothing in this project fits the filter."}
        </p>
        <Button onClick={onClear}>Show all runs</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No runs yet">
      <p>Train the three networks on handwritten digits; the best one becomes a version of the model “digits”.</p>
      <May scope="training:write">
        <Button asChild variant="primary">
          <Link href="/runs/new">Start the first runs</Link>
        </Button>
      </May>
      <p>or from a terminal, with an API key:</p>
      <CodeBlock
        label="the command"
        code={`curl -X POST ${origin}/api/training/strategies/mnist-three-runs \\\n  -H "Authorization: Bearer $ASSAY_KEY" -H "Content-Type: application/json" -d '{}'`}
      />
    </EmptyState>
  );
}
