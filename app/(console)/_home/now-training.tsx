"use client";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { call } from "#app/_live/api.ts";
import { May } from "#app/_live/may.tsx";
import { usePoll } from "#app/_live/use-poll.ts";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { plural } from "#app/_ui/format.ts";
import { Progress } from "#app/_ui/progress.tsx";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { RunStatusBadge } from "#app/_ui/status-badge.tsx";
import { Time } from "#app/_ui/time.tsx";
import { QueueReply } from "#lib/training/schemas.ts";

const idsOf = (queue: QueueReply) =>
  JSON.stringify([queue.running, queue.waiting].map((jobs) => jobs.map((job) => job.runId)));

/** What trains now and what waits, kept up to date. When a run starts or ends, the rest of the page is read again. */
export function NowTraining({ queue: atFirst }: { queue: QueueReply }) {
  const router = useRouter();
  const [base, setBase] = useState(atFirst);
  const [queue, setQueue] = useState(atFirst);
  if (base !== atFirst) {
    setBase(atFirst);
    setQueue(atFirst);
  }
  const busy = queue.running.length + queue.waiting.length > 0;
  usePoll(
    async (signal) => {
      const next = await call("GET", "/api/training/queue", { reply: QueueReply, signal });
      if (idsOf(next) !== idsOf(queue)) router.refresh();
      setQueue(next);
    },
    busy ? 1_500 : 6_000,
  );

  return (
    <Card
      title="Training now"
      aside={
        queue.waiting.length > 0 && (
          <span className="text-xs text-muted-foreground">{plural(queue.waiting.length, "run")} waiting</span>
        )
      }
    >
      <div className="min-h-24 space-y-3">
        {!busy && (
          <div className="space-y-3">
            <p className="text-muted-foreground">Nothing is training, and nothing waits.</p>
            <May scope="training:write">
              <Button asChild>
                <Link href="/runs/new">Start a run</Link>
              </Button>
            </May>
          </div>
        )}
        {queue.running.map((job) => (
          <div key={job.runId} className="space-y-1.5">
            <div className="flex flex-wrap items-center justify-between gap-2">
              <span className="flex items-center gap-2">
                <RunDot id={job.runId} />
                <Link href={`/runs/${job.runId}`} className="font-medium underline-offset-2 hover:underline">
                  {job.name}
                </Link>
                <RunStatusBadge status="RUNNING" />
              </span>
              <span className="tabular text-xs text-muted-foreground">
                epoch {Math.min(job.epochs, job.epochsDone + 1)} of {job.epochs}
                {job.startedAt !== null && (
                  <>
                    {" · started "}
                    <Time at={job.startedAt} />
                  </>
                )}
              </span>
            </div>
            <Progress value={job.epochsDone / job.epochs} label={`Epochs of ${job.name}`} />
          </div>
        ))}
        {queue.waiting.length > 0 && (
          <ol aria-label="Waiting runs" className="space-y-1">
            {queue.waiting.slice(0, 5).map((job) => (
              <li key={job.runId} className="flex items-center justify-between gap-2">
                <Link href={`/runs/${job.runId}`} className="underline-offset-2 hover:underline">
                  {job.name}
                </Link>
                <RunStatusBadge status="QUEUED" />
              </li>
            ))}
          </ol>
        )}
      </div>
    </Card>
  );
}
