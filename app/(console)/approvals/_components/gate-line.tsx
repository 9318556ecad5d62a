import { Check, X } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { GATES } from "#app/(console)/approvals/_components/gates.ts";
import type { GateResult } from "#lib/approvals/evidence/schemas.ts";

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
        <span className="font-medium">{GATES[gate.kind].name}.</span>{" "}
        <span className="text-muted-foreground">{gate.why}</span>
      </span>
    </li>
  );
}
