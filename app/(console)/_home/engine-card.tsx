import { Check, TriangleAlert } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import type { EngineStatus } from "#lib/engine/schemas.ts";

/** Which engines can train here, and why or why not. The faster is first and is the one that `auto` takes. */
export function EngineCard({ engines }: { engines: readonly EngineStatus[] }) {
  return (
    <Card title="Training engines">
      <dl className="space-y-3">
        {engines.map((engine) => (
          <div key={engine.name} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
            <dt className="flex items-center gap-2 font-medium">
              {engine.name}
              <Badge
                tone={engine.available ? "success" : "warning"}
                icon={engine.available ? <Check aria-hidden /> : <TriangleAlert aria-hidden />}
              >
                {engine.available ? "Available" : "Not available"}
              </Badge>
            </dt>
            <dd className="text-muted-foreground">{engine.reason}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
