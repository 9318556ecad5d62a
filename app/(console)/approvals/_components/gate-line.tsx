import { Check, X } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import type { GateResult } from "#lib/approvals/evidence/schemas.ts";

export const GATE_NAMES: Record<GateResult["kind"], string> = {
  accuracy_lower_bound: "Accuracy against the champion",
  p99_latency_ms: "p99 latency",
  class_recall_drop: "No digit gets worse",
  card_complete: "Model card is complete",
  evidence_age_hours: "Evidence is fresh",
};

/** A gate, whether it holds, and the sentence that says by how much. */
export function GateLine({ gate }: { gate: GateResult }) {
  return (
    <li className="flex items-start gap-2">
      <Badge
        tone={gate.holds ? "success" : "danger"}
        icon={gate.holds ? <Check aria-hidden /> : <X aria-hidden />}
        className="mt-px w-22 shrink-0"
      >
        {gate.holds ? "holds" : "does not"}
      </Badge>
      <span className="min-w-0 text-foreground">
        <span className="font-medium">{GATE_NAMES[gate.kind]}.</span>{" "}
        <span className="text-muted-foreground">{gate.why}</span>
      </span>
    </li>
  );
}
