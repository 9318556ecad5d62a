import { createColumnHelper, rowSelectionFeature, tableFeatures } from "@tanstack/react-table";
import Link from "next/link";
import { CopyId } from "#app/_ui/copy.tsx";
import { count, duration, figure, percent } from "#app/_ui/format.ts";
import { Checkbox } from "#app/_ui/input.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { RunStatusBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import type { RunSummary } from "#lib/tracking/schemas.ts";

/** A run with what the queue knows about it: epochs done so far of a run under way. */
export interface RunRow extends RunSummary {
  epochsDone: number | null;
}

export const features = tableFeatures({ rowSelectionFeature });
const column = createColumnHelper<typeof features, RunRow>();

const metric = (row: RunRow, name: string): number | null => {
  const value = row.metrics[name];
  return typeof value === "number" ? value : null;
};

/** `meta.sort` is the server's name for the order; without it a column does not sort. */
export const columns = column.columns([
  column.display({
    id: "select",
    header: ({ table }) => (
      <Checkbox
        aria-label="Select all runs of this page"
        checked={table.getIsAllRowsSelected()}
        onChange={table.getToggleAllRowsSelectedHandler()}
      />
    ),
    cell: ({ row }) => (
      <Checkbox
        aria-label={`Select ${row.original.name}`}
        checked={row.getIsSelected()}
        onChange={row.getToggleSelectedHandler()}
      />
    ),
  }),
  column.accessor("status", { header: "Status", cell: ({ getValue }) => <RunStatusBadge status={getValue()} /> }),
  column.accessor("name", {
    header: "Name",
    cell: ({ row: { original: run } }) => (
      <span className="flex items-center gap-2">
        <RunDot id={run.id} />
        <Link
          data-run-link
          href={`/runs/${run.id}`}
          title={run.name}
          className="max-w-52 truncate font-medium underline-offset-2 hover:underline"
        >
          {run.name}
        </Link>
        <CopyId id={run.id} label="run id" />
        {run.tags["dataset.synthetic"] === "true" && <SyntheticBadge />}
      </span>
    ),
  }),
  column.accessor((run) => run.tags["strategy"], {
    id: "strategy",
    header: "Strategy",
    cell: ({ getValue }) => getValue() ?? "–",
  }),
  column.accessor((run) => run.tags["engine"], {
    id: "engine",
    header: "Engine",
    cell: ({ getValue }) => getValue() ?? "–",
  }),
  column.display({ id: "epochs", header: "Epochs", cell: ({ row }) => <Epochs run={row.original} /> }),
  column.accessor((run) => metric(run, "test_accuracy"), {
    id: "metric:test_accuracy",
    header: "Test accuracy",
    cell: ({ getValue }) => percent(getValue()),
  }),
  column.accessor((run) => metric(run, "test_loss"), {
    id: "metric:test_loss",
    header: "Test loss",
    cell: ({ getValue }) => figure(getValue()),
  }),
  column.accessor("durationMs", { header: "Duration", cell: ({ getValue }) => duration(getValue()) }),
  column.accessor("createdAt", { header: "Created", cell: ({ getValue }) => <Time at={getValue()} /> }),
]);

/** The order that the server knows by this column, by the column's id. */
export const SORTS: Record<string, string> = {
  name: "name",
  createdAt: "created",
  "metric:test_accuracy": "metric:test_accuracy",
  "metric:test_loss": "metric:test_loss",
};

export const NUMBERS: ReadonlySet<string> = new Set(["metric:test_accuracy", "metric:test_loss", "durationMs"]);

function Epochs({ run }: { run: RunRow }) {
  const total = Number(run.params["epochs"]);
  if (!Number.isFinite(total) || total === 0) return "–";
  const done = run.status === "FINISHED" ? total : run.epochsDone;
  if (done === null) return <span className="tabular">{`of ${count(total)}`}</span>;
  return (
    <span className="flex items-center gap-2">
      <Progress value={done / total} label={`Epochs of ${run.name}`} className="w-10" />
      <span className="tabular">
        {count(done)}/{count(total)}
      </span>
    </span>
  );
}
