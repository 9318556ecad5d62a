"use client";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { runDelete, runPost } from "#app/_live/run-actions.ts";
import { Button } from "#app/_ui/button.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { plural } from "#app/_ui/format.ts";
import type { RunRow } from "#app/(console)/runs/_components/columns.tsx";
import { isRunActive } from "#lib/tracking/status.ts";

const forEach = (runs: readonly RunRow[], send: (run: RunRow) => Promise<unknown>) => Promise.all(runs.map(send));
const post = (verb: "cancel" | "restore") => (run: RunRow) => runPost(run, verb);

/** What can be done to all selected runs at once. Nothing selected: nothing shown, and no space held. */
export function BulkBar({ runs, onDone, onClear }: { runs: readonly RunRow[]; onDone(): void; onClear(): void }) {
  const [asking, setAsking] = useState(false);
  const active = runs.filter((run) => isRunActive(run.status));
  const over = runs.filter((run) => !isRunActive(run.status) && run.lifecycleStage === "active");
  const deleted = runs.filter((run) => run.lifecycleStage === "deleted");
  if (runs.length === 0) return null;
  return (
    <div className="sticky top-12 z-20 flex flex-wrap items-center gap-2 rounded-lg border border-primary bg-accent px-3 py-1.5 text-accent-foreground md:top-0">
      <p className="mr-auto font-medium" role="status">
        {plural(runs.length, "run")} selected
      </p>
      {active.length > 0 && (
        <Button
          size="sm"
          onClick={() =>
            void act(() => forEach(active, post("cancel")).finally(onDone), {
              done: `${plural(active.length, "run")}: cancelling`,
            })
          }
        >
          Cancel {plural(active.length, "run")}
        </Button>
      )}
      {deleted.length > 0 && (
        <Button
          size="sm"
          onClick={() =>
            void act(() => forEach(deleted, post("restore")).finally(onDone), {
              done: `${plural(deleted.length, "run")} restored`,
            })
          }
        >
          Restore {plural(deleted.length, "run")}
        </Button>
      )}
      {over.length > 0 && (
        <Button size="sm" variant="danger" onClick={() => setAsking(true)}>
          Delete {plural(over.length, "run")}…
        </Button>
      )}
      <Button size="sm" variant="ghost" onClick={onClear}>
        Clear
      </Button>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${plural(over.length, "run")}?`}
        action={`Delete ${plural(over.length, "run")}`}
        danger
        onConfirm={() =>
          act(() => forEach(over, runDelete).finally(onDone), {
            done: `${plural(over.length, "run")} deleted`,
            undo: { label: "Undo", run: () => forEach(over, post("restore")).finally(onDone) },
          })
        }
      >
        <p>{over.map((run) => run.name).join(", ")}. They leave every list and can be restored under “Deleted runs”.</p>
      </ConfirmDialog>
    </div>
  );
}
