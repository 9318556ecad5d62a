import { Check, CircleDashed, LoaderCircle } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { RefreshWhile } from "#app/(console)/_home/refresh-while.tsx";
import type { EngineStatus } from "#lib/engine/schemas.ts";
import type { QueueReply } from "#lib/training/schemas.ts";

type StepState = "done" | "now" | "later";

interface FirstStepsProps {
  engines: readonly EngineStatus[];
  hasDataset: boolean;
  hasFinishedRun: boolean;
  queue: QueueReply;
}

/** Until a model answers: what happens by itself, how far it is, and what is left to do. */
export function FirstSteps({ engines, hasDataset, hasFinishedRun, queue }: FirstStepsProps) {
  const native = engines.find((engine) => engine.name === "native");
  const training = queue.running.length > 0;
  const idle = !training && queue.waiting.length === 0 && !hasFinishedRun;
  return (
    <Card title="Getting to the first answer">
      <RefreshWhile everyMs={4_000} />
      <ol className="space-y-3">
        <Step state={native?.available || training || hasFinishedRun ? "done" : "now"} title="An engine to train with">
          {engineInWords(native)}
        </Step>
        <Step state={hasDataset ? "done" : training ? "now" : "later"} title="Handwritten digits">
          {hasDataset
            ? "The images are here and their digest is checked."
            : "The first run fetches MNIST (11 MB), or draws synthetic digits where there is no network."}
        </Step>
        <Step state={hasFinishedRun ? "done" : training && hasDataset ? "now" : "later"} title="The first training run">
          {idle ? (
            <span className="flex flex-wrap items-center gap-2 py-1">
              Nothing is queued.
              <May scope="training:write">
                <Button asChild size="sm" variant="primary">
                  <Link href="/runs/new">Start the three runs</Link>
                </Button>
              </May>
            </span>
          ) : (
            "It takes a few minutes; its curves can be watched live while it learns."
          )}
        </Step>
        <Step state={hasFinishedRun ? "now" : "later"} title="A model in Production">
          {hasFinishedRun ? (
            <span>
              A run has finished. Promote its version under{" "}
              <Link href="/models/digits" className="text-primary underline">
                digits
              </Link>
              , and /predict and the drawing pad answer.
            </span>
          ) : (
            "On a first boot the first finished run is promoted by itself; then the drawing pad answers."
          )}
        </Step>
      </ol>
    </Card>
  );
}

function engineInWords(native: EngineStatus | undefined): string {
  return native?.available
    ? `native: ${native.reason}.`
    : `wasm for now: ${native?.reason ?? "the native engine is not installed"}.`;
}

const WORD: Record<StepState, string> = { done: "Done", now: "Under way", later: "To come" };

function Step({ state, title, children }: { state: StepState; title: string; children: ReactNode }) {
  const Icon = { done: Check, now: LoaderCircle, later: CircleDashed }[state];
  const colour = { done: "text-success", now: "text-primary", later: "text-muted-foreground" }[state];
  return (
    <li className="flex gap-3">
      <Icon className={`mt-0.5 size-4 shrink-0 ${colour}`} aria-hidden />
      <div className="min-w-0">
        <p className="font-medium">
          {title} <span className="text-xs font-normal text-muted-foreground">{WORD[state]}</span>
        </p>
        <div className="text-muted-foreground">{children}</div>
      </div>
    </li>
  );
}
