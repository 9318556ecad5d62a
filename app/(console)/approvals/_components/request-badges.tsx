import {
  Archive,
  Ban,
  Check,
  Clock,
  FlaskConical,
  LoaderCircle,
  type LucideIcon,
  PencilLine,
  Rocket,
  ShieldAlert,
  TimerOff,
  TriangleAlert,
  Undo2,
  X,
} from "lucide-react";
import { Badge, type Tone } from "#app/_ui/badge.tsx";
import type { RequestSummary } from "#lib/approvals/schemas.ts";
import type { RequestState } from "#lib/approvals/status.ts";

interface Look {
  word: string;
  tone: Tone;
  icon: LucideIcon;
}

export const STATE_LOOKS: Record<RequestState, Look> = {
  pending: { word: "Waits for review", tone: "accent", icon: Clock },
  changes_requested: { word: "Changes wanted", tone: "warning", icon: PencilLine },
  approved: { word: "Approved", tone: "success", icon: Check },
  executing: { word: "Being carried out", tone: "accent", icon: LoaderCircle },
  executed: { word: "Carried out", tone: "success", icon: Rocket },
  failed: { word: "Failed", tone: "danger", icon: TriangleAlert },
  denied: { word: "Denied", tone: "danger", icon: X },
  withdrawn: { word: "Withdrawn", tone: "neutral", icon: Undo2 },
  expired: { word: "Expired", tone: "neutral", icon: TimerOff },
  invalidated: { word: "Not valid any more", tone: "warning", icon: Archive },
  revoked: { word: "Taken back", tone: "danger", icon: Ban },
};

export function RequestStateBadge({ state }: { state: RequestState }) {
  const { word, tone, icon: Icon } = STATE_LOOKS[state];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {word}
    </Badge>
  );
}

/** Low risk says nothing: only what asks for more care stands out. */
export function RiskBadge({ risk }: { risk: RequestSummary["risk"] }) {
  if (risk === "low") return <span className="text-muted-foreground">low</span>;
  return (
    <Badge tone={risk === "high" ? "danger" : "warning"} icon={<TriangleAlert aria-hidden />}>
      {risk} risk
    </Badge>
  );
}

export function EmergencyBadge() {
  return (
    <Badge tone="danger" title="Approved by break-glass, without the reviews" icon={<ShieldAlert aria-hidden />}>
      Break-glass
    </Badge>
  );
}

/** Whether reviewers have figures to judge by. */
export function EvidenceWord({ evidence }: { evidence: RequestSummary["evidence"] }) {
  if (evidence === "ready") return <span>ready</span>;
  return evidence === "waiting" ? (
    <Badge icon={<FlaskConical aria-hidden />}>being computed</Badge>
  ) : (
    <Badge tone="danger" icon={<TriangleAlert aria-hidden />}>
      failed
    </Badge>
  );
}
