"use client";
import { TriangleAlert } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { act } from "#app/_live/act.ts";
import { call } from "#app/_live/api.ts";
import { useMay } from "#app/_live/may.tsx";
import { Badge } from "#app/_ui/badge.tsx";
import { ConfirmDialog } from "#app/_ui/confirm-dialog.tsx";
import { Select } from "#app/_ui/input.tsx";
import { ModelSummary, type Risk } from "#lib/registry/schemas.ts";

const RISKS = ModelSummary.shape.risk.options;

/** How much harm a wrong answer does. An admin changes it, asked once: open requests were made under the old one. */
export function RiskControl({ model, risk }: { model: string; risk: Risk }) {
  const router = useRouter();
  const mayChange = useMay("admin");
  const [next, setNext] = useState<Risk | null>(null);
  if (!mayChange) return <RiskWord risk={risk} />;
  const change = () =>
    act(
      async () => {
        await call("PATCH", `/api/models/${encodeURIComponent(model)}`, { body: { risk: next }, reply: ModelSummary });
        router.refresh();
      },
      { done: `${model} is a model of ${next} risk now` },
    );
  return (
    <>
      <Select
        aria-label={`Risk of ${model}`}
        className="h-7 w-auto text-xs"
        value={risk}
        onChange={(event) => setNext(RISKS.find((one) => one === event.target.value) ?? null)}
      >
        {RISKS.map((one) => (
          <option key={one} value={one}>
            {one} risk
          </option>
        ))}
      </Select>
      {next !== null && (
        <ConfirmDialog
          open
          onOpenChange={() => setNext(null)}
          title={`Make ${model} a model of ${next} risk?`}
          action={`Set the risk to ${next}`}
          onConfirm={change}
        >
          <p>
            Policies may ask more of a risky model. Open approval requests were made while it was {risk}; they end and
            have to be made again.
          </p>
        </ConfirmDialog>
      )}
    </>
  );
}

function RiskWord({ risk }: { risk: Risk }) {
  return (
    <Badge
      tone={risk === "high" ? "danger" : risk === "medium" ? "warning" : "neutral"}
      icon={risk !== "low" && <TriangleAlert aria-hidden />}
    >
      {risk} risk
    </Badge>
  );
}
