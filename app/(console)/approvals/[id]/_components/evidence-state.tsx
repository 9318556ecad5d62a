"use client";
import { RotateCcw } from "lucide-react";
import { act } from "#app/_live/act.ts";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { Progress } from "#app/_ui/progress.tsx";
import { computeEvidence } from "#app/(console)/approvals/_components/calls.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";

/** While there are no figures: on their way, or why they are not there. */
export function EvidenceState({ request, onDone }: { request: RequestDetail; onDone(): void }) {
  if (request.evidence === "failed") {
    return (
      <ErrorCard
        title="The evidence could not be computed"
        id={request.id}
        action={
          <May scope="approvals:request">
            <Button
              onClick={() => void act(() => computeEvidence(request.id).then(onDone), { done: "A worker tries again" })}
            >
              <RotateCcw aria-hidden /> Compute it again
            </Button>
          </May>
        }
      >
        <p>{request.evidenceError ?? "The worker met an error that it did not expect."}</p>
        <p>Until it is there, gates that need it do not hold.</p>
      </ErrorCard>
    );
  }
  return (
    <Card title="Evidence">
      <div role="status" className="min-h-40 space-y-3">
        <p>A worker runs both versions on the test set and times them. It appears here by itself.</p>
        <Progress value={null} label="The evidence is being computed" />
        <p className="text-muted-foreground">
          Usually this takes less than a minute. If it stays, no worker is running: <code>npm run doctor</code> says so.
        </p>
      </div>
    </Card>
  );
}
