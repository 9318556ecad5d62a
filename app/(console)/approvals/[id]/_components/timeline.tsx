import { Check, CircleDashed, type LucideIcon, MessageSquare, PencilLine, Rocket, ShieldAlert, X } from "lucide-react";
import { Badge } from "#app/_ui/badge.tsx";
import { Card } from "#app/_ui/card.tsx";
import { cn } from "#app/_ui/cn.ts";
import { Time } from "#app/_ui/time.tsx";
import { STATE_LOOKS } from "#app/(console)/approvals/_components/request-badges.tsx";
import type { RequestDetail, Review } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

interface Step {
  key: string;
  at: string;
  icon: LucideIcon;
  tone?: string;
  what: string;
  note?: string | undefined;
  /** It does not count any more. */
  gone?: string | undefined;
}

const REVIEWS = {
  approve: { icon: Check, tone: "text-success", words: "approved" },
  deny: { icon: X, tone: "text-danger", words: "denied" },
  request_changes: { icon: PencilLine, tone: "text-warning", words: "asked for changes" },
} as const;

/** Rounds, reviews and what became of the request, the oldest first. */
export function Timeline({ request }: { request: RequestDetail }) {
  return (
    <Card title="What happened">
      <ol className="space-y-3">
        {stepsOf(request).map(({ key, at, icon: Icon, tone, what, note, gone }) => (
          <li key={key} className="flex gap-2.5">
            <Icon aria-hidden className={cn("mt-0.5 size-4 shrink-0 text-muted-foreground", tone)} />
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className={cn(gone !== undefined && "text-muted-foreground line-through")}>{what}</span>
                <Time at={at} className="text-xs text-muted-foreground" />
              </p>
              {gone !== undefined && <Badge>{gone}</Badge>}
              {note !== undefined && note !== "" && (
                <p className="mt-0.5 break-words whitespace-pre-wrap text-muted-foreground">{note}</p>
              )}
            </div>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function stepsOf(request: RequestDetail): Step[] {
  const { rounds, reviews, requestedBy, state } = request;
  const steps: Step[] = [
    ...rounds.map(({ round, createdAt, reason }) => ({
      key: `round-${round}`,
      at: createdAt,
      icon: MessageSquare,
      what: round === 1 ? `${requestedBy.name} asked` : `${requestedBy.name} asked again: round ${round}`,
      note: round === 1 ? undefined : reason,
    })),
    ...reviews.map((review) => stepOf(review, request.round)),
  ];
  if (request.executedAt !== null) {
    const what = state === "failed" ? "It could not be carried out" : "Carried out";
    steps.push({ key: "executed", at: request.executedAt, icon: Rocket, what, note: request.error?.message });
  } else if (isTerminal(state)) {
    const at = request.decidedAt ?? (state === "expired" ? request.expiresAt : null);
    if (at !== null) steps.push({ key: "end", at, icon: CircleDashed, what: STATE_LOOKS[state].word });
  }
  return steps.sort((a, b) => a.at.localeCompare(b.at));
}

function stepOf(review: Review, round: number): Step {
  const { icon, tone, words } = REVIEWS[review.decision];
  const gone = goneWords(review, round);
  const rest = { key: review.id, at: review.at, note: review.comment, gone };
  if (review.emergency) {
    return { ...rest, icon: ShieldAlert, tone: "text-danger", what: `${review.reviewer.name} broke the glass` };
  }
  const how = review.secondFactor ? ", with a second factor" : "";
  return { ...rest, icon, tone, what: `${review.reviewer.name} ${words}${how}` };
}

function goneWords(review: Review, round: number): string | undefined {
  if (review.withdrawnAt !== null) return "taken back";
  if (review.round !== round) return `of round ${review.round}`;
  return review.counts ? undefined : "does not count";
}
