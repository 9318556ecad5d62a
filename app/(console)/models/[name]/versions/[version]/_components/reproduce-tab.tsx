"use client";
import { Check, Equal, LoaderCircle, TriangleAlert, X } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { May } from "#app/_live/may.tsx";
import { usePoll } from "#app/_live/use-poll.ts";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CodeBlock, CopyId } from "#app/_ui/copy.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { RunDot } from "#app/_ui/run-dot.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { Reproduction } from "#lib/training/schemas.ts";

const VERDICTS: Record<NonNullable<Reproduction["verdict"]>, { word: string; tone: Tone; icon: typeof Check }> = {
  identical: { word: "Identical", tone: "success", icon: Check },
  equivalent: { word: "Equivalent", tone: "success", icon: Equal },
  different: { word: "Different", tone: "danger", icon: TriangleAlert },
  failed: { word: "Failed", tone: "danger", icon: X },
};

/** The command that trains the version again, a button that does it, and what came of it each time. */
export function ReproduceTab(props: { name: string; version: number; command: string; items: Reproduction[] }) {
  const { name, version, command, items } = props;
  const router = useRouter();
  const [busy, setBusy] = useState(false);
  const isRunning = items.some(({ verdict }) => verdict === null);
  usePoll(async () => router.refresh(), isRunning ? 3_000 : null);
  const start = async () => {
    setBusy(true);
    const path = `/api/models/${encodeURIComponent(name)}/versions/${version}/reproduce`;
    await act(() => call("POST", path, { reply: Reproduction }).then(() => router.refresh()), {
      done: `${name} ${version} is trained again`,
    });
    setBusy(false);
  };
  return (
    <div className="space-y-4">
      <Card
        title="Train it again"
        aside={
          <May scope="training:write">
            <Button variant="primary" size="sm" disabled={busy || isRunning} onClick={start}>
              {isRunning ? "Training…" : `Train version ${version} again`}
            </Button>
          </May>
        }
      >
        <div className="space-y-3">
          <p className="max-w-prose text-muted-foreground">
            The same settings and seed, the same dataset version by its digest, the same engine. The result is compared
            with this version: bit for bit first, else by its figures. On the machine that Assay runs on:
          </p>
          <CodeBlock label="the command that trains it again" code={command} />
        </div>
      </Card>
      {items.length === 0 ? (
        <p className="rounded-lg border border-dashed border-border bg-card p-4 text-muted-foreground">
          It has not been trained again yet. The verdict appears here.
        </p>
      ) : (
        items.map((item) => <Outcome key={item.runId} item={item} />)
      )}
    </div>
  );
}

function Outcome({ item }: { item: Reproduction }) {
  const { verdict, differences, epochs, epochsDone } = item;
  const look = verdict === null ? null : VERDICTS[verdict];
  const Icon = look?.icon ?? LoaderCircle;
  return (
    <section
      aria-label={`Trained again as run ${item.runId.slice(0, 8)}`}
      className="min-w-0 rounded-lg border border-border bg-card"
    >
      <div className="flex min-h-10 flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2">
        <Badge tone={look?.tone ?? "accent"} icon={<Icon aria-hidden />}>
          {look?.word ?? "Training"}
        </Badge>
        <span className="flex items-center gap-2">
          <RunDot id={item.runId} />
          <Link href={`/runs/${item.runId}`} className="text-primary underline">
            Run
          </Link>
          <CopyId id={item.runId} label="run id" />
        </span>
        <Time at={item.createdAt} className="text-xs text-muted-foreground" />
        <p className="basis-full">{verdict === null ? `Epochs done: ${epochsDone} of ${epochs}.` : item.message}</p>
        {verdict === null && <Progress value={epochsDone / epochs} label="Epochs done" className="basis-full" />}
      </div>
      {differences.length > 0 && (
        <div className="border-t border-border">
          <Table label="What was not the same">
            <Head columns={["What was not the same", "Version", { name: "Again", className: "w-full" }]} />
            <tbody>
              {differences.map(({ what, original, again }) => (
                <Tr key={what}>
                  <Td>{what}</Td>
                  <Td className="max-w-56 truncate font-mono" title={original}>
                    {original}
                  </Td>
                  <Td className="max-w-56 truncate font-mono" title={again}>
                    {again}
                  </Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      )}
    </section>
  );
}
