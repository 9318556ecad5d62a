import { Archive, Ban, Check, CircleDashed, Clock, FlaskConical, LoaderCircle, Rocket, X } from "lucide-react";
import type { ComponentType, SVGProps } from "react";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import type { Stage } from "#lib/registry/status.ts";
import type { RunStatus } from "#lib/tracking/status.ts";

interface Look {
  word: string;
  tone: Tone;
  icon: ComponentType<SVGProps<SVGSVGElement>>;
}

const RUN: Record<RunStatus, Look> = {
  QUEUED: { word: "Queued", tone: "neutral", icon: Clock },
  RUNNING: { word: "Running", tone: "accent", icon: LoaderCircle },
  FINISHED: { word: "Finished", tone: "success", icon: Check },
  FAILED: { word: "Failed", tone: "danger", icon: X },
  CANCELLED: { word: "Cancelled", tone: "warning", icon: Ban },
};

const STAGE: Record<Stage, Look> = {
  None: { word: "None", tone: "neutral", icon: CircleDashed },
  Staging: { word: "Staging", tone: "accent", icon: FlaskConical },
  Production: { word: "Production", tone: "success", icon: Rocket },
  Archived: { word: "Archived", tone: "neutral", icon: Archive },
};

export function RunStatusBadge({ status }: { status: RunStatus }) {
  const { word, tone, icon: Icon } = RUN[status];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

export function StageBadge({ stage }: { stage: Stage }) {
  const { word, tone, icon: Icon } = STAGE[stage];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

/** Stands wherever data or a model comes from the generator instead of from people. */
export function SyntheticBadge() {
  return (
    <Badge
      tone="warning"
      title="Drawn by Assay's own generator, not written by people"
      icon={<FlaskConical aria-hidden />}
    >
      Synthetic
    </Badge>
  );
}
