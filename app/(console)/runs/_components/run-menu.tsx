"use client";
import { Ban, Ellipsis, RotateCcw, Trash2, Undo2 } from "lucide-react";
import { useState } from "react";
import { useMay } from "#app/_live/may.tsx";
import { runActions } from "#app/_live/run-actions.ts";
import { Button } from "#app/_ui/button.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { DropdownMenu, DropdownMenuContent, DropdownMenuItem, DropdownMenuTrigger } from "#app/_ui/dropdown-menu.tsx";
import { canRunBeRetried, isRunActive, type RunStatus } from "#lib/tracking/status.ts";

interface MenuRun {
  id: string;
  name: string;
  status: RunStatus;
  lifecycleStage: "active" | "deleted";
}

/** What can be done to this run in its present state. Deleting asks once; it can be undone. */
export function RunMenu({ run, onDone }: { run: MenuRun; onDone(): void }) {
  const [asking, setAsking] = useState(false);
  const deleted = run.lifecycleStage === "deleted";
  if (!useMay("tracking:write")) return null;
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button variant="ghost" size="icon" className="size-7" aria-label={`Actions for ${run.name}`}>
            <Ellipsis aria-hidden />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end">
          {deleted ? (
            <DropdownMenuItem onSelect={() => void runActions.restore(run, onDone)}>
              <Undo2 aria-hidden />
              Restore the run
            </DropdownMenuItem>
          ) : (
            <>
              <DropdownMenuItem
                disabled={!isRunActive(run.status)}
                onSelect={() => void runActions.cancel(run, onDone)}
              >
                <Ban aria-hidden />
                Cancel the run
              </DropdownMenuItem>
              <DropdownMenuItem
                disabled={!canRunBeRetried(run.status)}
                onSelect={() => void runActions.retry(run, onDone)}
              >
                <RotateCcw aria-hidden />
                Retry the run
              </DropdownMenuItem>
              <DropdownMenuItem disabled={isRunActive(run.status)} onSelect={() => setAsking(true)}>
                <Trash2 aria-hidden />
                Delete the run…
              </DropdownMenuItem>
            </>
          )}
        </DropdownMenuContent>
      </DropdownMenu>
      <ConfirmDialog
        open={asking}
        onOpenChange={setAsking}
        title={`Delete ${run.name}?`}
        action={`Delete ${run.name}`}
        danger
        onConfirm={() => runActions.remove(run, onDone)}
      >
        <p>It leaves every list. Its metrics and artifacts stay, and it can be restored under “Deleted runs”.</p>
      </ConfirmDialog>
    </>
  );
}
