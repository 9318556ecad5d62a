"use client";
import { useQueryStates } from "nuqs";
import { useTransition } from "react";
import { Button } from "#app/_ui/button.tsx";
import { cn } from "#app/_ui/cn.ts";
import { CodeBlock } from "#app/_ui/copy.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { plural } from "#app/_ui/format.ts";
import { Select } from "#app/_ui/input.tsx";
import { SearchField } from "#app/_ui/search-field.tsx";
import { TracesTable } from "#app/(console)/traces/_components/traces-table.tsx";
import { NO_FILTERS, SHOWN_STATES, type TracesSearch, tracesSearch } from "#app/(console)/traces/search.ts";
import type { TraceSummary } from "#lib/tracking/traces/trace-summary.ts";

const STATES = { OK: "OK", ERROR: "Error", IN_PROGRESS: "In progress" };
const EXAMPLE = `import mlflow

@mlflow.trace
def answer(question):
    return question.upper()

answer("who?")`;

interface TracePage {
  items: TraceSummary[];
  nextCursor?: string;
  /** Why the filter is not understood. */
  problem?: string;
}

/** Traces, and what narrows them down, which stands in the address. */
export function TracesList({ page, experiments }: { page: TracePage; experiments: { id: string; name: string }[] }) {
  const [loading, startTransition] = useTransition();
  const [search, setSearch] = useQueryStates(tracesSearch, { shallow: false, startTransition });
  const narrow = (change: { [name in keyof TracesSearch]?: TracesSearch[name] | null }) =>
    void setSearch({ cursor: null, ...change });
  const { q, state, experiment, run, cursor } = search;
  return (
    <div className="space-y-3">
      <div className="flex flex-wrap items-center gap-2">
        <SearchField
          label="Search traces"
          placeholder="Name, id, or tags.lang = 'de'"
          value={q}
          onChange={(text) => narrow({ q: text || null })}
        />
        <Select
          aria-label="State"
          className="w-auto"
          value={state}
          onChange={(event) => narrow({ state: SHOWN_STATES.find((one) => one === event.target.value) ?? null })}
        >
          <option value="">Every state</option>
          {SHOWN_STATES.map((one) => (
            <option key={one} value={one}>
              {STATES[one]}
            </option>
          ))}
        </Select>
        <Select
          aria-label="Experiment"
          className="w-auto max-w-60"
          value={experiment}
          onChange={(event) => narrow({ experiment: event.target.value || null })}
        >
          <option value="">All experiments</option>
          {experiments.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
        {run !== "" && <Button onClick={() => narrow({ run: null })}>Not of one run only</Button>}
      </div>
      {page.problem !== undefined ? (
        <ErrorCard
          title="The filter is not understood"
          action={<Button onClick={() => narrow({ q: null })}>Take the filter away</Button>}
        >
          <p>{page.problem}</p>
        </ErrorCard>
      ) : page.items.length === 0 ? (
        <NoTraces filtered={[q, state, experiment, run].some(Boolean)} onAll={() => narrow(NO_FILTERS)} />
      ) : (
        <div className={cn(loading && "opacity-60")} aria-busy={loading}>
          <TracesTable traces={page.items} experiments={experiments} />
        </div>
      )}
      <nav aria-label="Pages of traces" className="flex min-h-8 flex-wrap items-center gap-2">
        <p className="mr-auto text-xs text-muted-foreground" aria-live="polite">
          {page.items.length > 0 && `${plural(page.items.length, "trace")} on this page`}
        </p>
        {cursor !== "" && <Button onClick={() => void setSearch({ cursor: null })}>Newest</Button>}
        {page.nextCursor !== undefined && (
          <Button onClick={() => void setSearch({ cursor: page.nextCursor ?? null }, { history: "push" })}>
            Older
          </Button>
        )}
      </nav>
    </div>
  );
}

function NoTraces({ filtered, onAll }: { filtered: boolean; onAll(): void }) {
  if (filtered) {
    return (
      <EmptyState title="No trace matches">
        <p>Nothing fits the filters.</p>
        <Button onClick={onAll}>Show all traces</Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No traces yet">
      <p>
        With <code>MLFLOW_TRACKING_URI</code> and <code>MLFLOW_TRACKING_TOKEN</code> set, the first call is here when it
        has ended. OpenTelemetry sends to <code>/v1/traces</code>.
      </p>
      <CodeBlock label="A function that is traced" code={EXAMPLE} />
    </EmptyState>
  );
}
