"use client";
import { act } from "#app/_live/act.ts";
import { May } from "#app/_live/may.tsx";
import { Button } from "#app/_ui/button.tsx";
import { Card } from "#app/_ui/card.tsx";
import { computeEvidence } from "#app/(console)/approvals/_components/calls.ts";
import { GateLine } from "#app/(console)/approvals/_components/gate-line.tsx";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

/** What must hold besides the reviews. */
export function GatesCard({ request, onDone }: { request: RequestDetail; onDone(): void }) {
  const { gates } = request;
  const isOld = gates.some(({ kind, holds, value }) => kind === "evidence_age_hours" && !holds && value !== null);
  const failing = gates.filter((gate) => !gate.holds).length;
  return (
    <Card
      title="Gates"
      aside={
        gates.length > 0 && (
          <span className="text-xs text-muted-foreground">
            {failing === 0 ? `all ${gates.length} hold` : `${failing} of ${gates.length} do not hold`}
          </span>
        )
      }
    >
      {gates.length === 0 ? (
        <p className="text-muted-foreground">The policy has no gates: the reviews alone decide.</p>
      ) : (
        <ul className="space-y-2">
          {gates.map((gate) => (
            <GateLine key={`${gate.kind}-${gate.threshold}`} gate={gate} />
          ))}
        </ul>
      )}
      {isOld && !isTerminal(request.state) && (
        <May scope="approvals:request">
          <Button
            size="sm"
            className="mt-3"
            onClick={() =>
              void act(() => computeEvidence(request.id).then(onDone), { done: "A worker computes the evidence anew" })
            }
          >
            Compute the evidence again
          </Button>
        </May>
      )}
    </Card>
  );
}
