import { Card } from "#app/_ui/card.tsx";
import { GateLine } from "#app/(console)/approvals/_components/gate-line.tsx";
import type { RequestDetail } from "#lib/approvals/schemas.ts";

/** What must hold besides the reviews. */
export function GatesCard({ request }: { request: RequestDetail }) {
  const { gates } = request;
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
    </Card>
  );
}
