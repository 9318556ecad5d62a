"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { useMay } from "#app/_live/may.tsx";
import { runActions } from "#app/_live/run-actions.ts";
import { Button } from "#app/_ui/button.tsx";
import { StageBadge } from "#app/_ui/status-badge.tsx";
import { RunMenu } from "#app/(console)/runs/_components/run-menu.tsx";
import type { RunViewProps } from "#app/(console)/runs/[id]/_components/run-view-props.ts";
import { ModelVersion } from "#lib/registry/schemas.ts";
import { canRunBeRetried, isRunActive } from "#lib/tracking/status.ts";

/** The act that the run's state calls for, and the rest in a menu. */
export function RunActions({ run, modelName, version }: Pick<RunViewProps, "run" | "modelName" | "version">) {
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const mayWrite = useMay("tracking:write");
  const refresh = () => router.refresh();
  const during = async (doing: Promise<boolean>) => {
    setBusy(true);
    await doing.finally(() => setBusy(false));
  };
  const register = () =>
    act(
      async () => {
        await call("POST", `/api/models/${modelName}/versions`, { body: { runId: run.id }, reply: ModelVersion });
        refresh();
      },
      { done: `${run.name} is a version of ${modelName}` },
    );

  return (
    <>
      {!mayWrite ? null : run.lifecycleStage === "deleted" ? (
        <Button disabled={busy} onClick={() => during(runActions.restore(run, refresh))}>
          Restore
        </Button>
      ) : (
        <>
          {isRunActive(run.status) && (
            <Button
              disabled={busy || run.training?.cancelRequestedAt != null}
              onClick={() => during(runActions.cancel(run, refresh))}
            >
              {run.training?.cancelRequestedAt == null ? "Cancel the run" : "Cancelling…"}
            </Button>
          )}
          {canRunBeRetried(run.status) && (
            <Button variant="primary" disabled={busy} onClick={() => during(runActions.retry(run, refresh))}>
              Retry the run
            </Button>
          )}
          {run.status === "FINISHED" && version === null && (
            <Button variant="primary" disabled={busy} onClick={() => during(register())}>
              Register as a version of {modelName}
            </Button>
          )}
        </>
      )}
      {version !== null && (
        <Button asChild>
          <Link href={`/models/${modelName}?v=${version.version}`}>
            {modelName} {version.version}
            <StageBadge stage={version.stage} />
          </Link>
        </Button>
      )}
      <RunMenu run={run} onDone={refresh} />
    </>
  );
}
