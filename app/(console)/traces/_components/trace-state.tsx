import { Check, CircleDashed, LoaderCircle, X } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import type { TraceSummary } from "#lib/tracking/traces/trace-summary.ts";

const LOOKS = {
  OK: { word: "OK", tone: "success", icon: Check },
  ERROR: { word: "Error", tone: "danger", icon: X },
  IN_PROGRESS: { word: "In progress", tone: "accent", icon: LoaderCircle },
  STATE_UNSPECIFIED: { word: "Unknown", tone: "neutral", icon: CircleDashed },
} as const;

export function TraceState({ state }: { state: TraceSummary["state"] }) {
  const { word, tone, icon: Icon } = LOOKS[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}
