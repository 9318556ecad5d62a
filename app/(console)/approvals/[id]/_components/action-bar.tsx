"use client";
import { Check, Flame, Info, PencilLine, Rocket, RotateCcw, Undo2, X } from "lucide-react";
import { useMemo, useState } from "react";
import { act } from "#app/_live/act.ts";
import { Button } from "#app/_ui/button.tsx";
import { type Hotkey, useHotkeys } from "#app/_ui/hotkeys.tsx";
import { takeReviewBack } from "#app/(console)/approvals/_components/calls.ts";
import { ReviewDialog } from "#app/(console)/approvals/_components/review-dialog.tsx";
import { type Asking, RequestDialog } from "#app/(console)/approvals/[id]/_components/request-dialog.tsx";
import type { Decision, RequestDetail } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

const isDecision = (asking: Asking | Decision): asking is Decision =>
  asking === "approve" || asking === "deny" || asking === "request_changes";

/** What this person may do with the request now, and why a review of theirs is not wanted. `stale`: what is asked changed. */
export function ActionBar(props: { request: RequestDetail; stale: boolean; onDone(): void }) {
  const { request, stale, onDone } = props;
  const { permissions, state } = request;
  const [asking, setAsking] = useState<Asking | Decision | null>(null);
  const decisions = useMemo(() => decisionsOf(permissions.review, state), [permissions.review, state]);
  const hotkeys = useMemo(
    () =>
      stale
        ? []
        : decisions.map(({ decision, keys, what }): Hotkey => ({ keys, what, run: () => setAsking(decision) })),
    [decisions, stale],
  );
  useHotkeys("This request", hotkeys);
  const nothing =
    decisions.length === 0 &&
    !permissions.execute &&
    !permissions.resubmit &&
    !permissions.withdraw &&
    !permissions.breakGlass &&
    !permissions.laterReview &&
    !permissions.unreview;
  if (nothing && isTerminal(state)) return null;

  return (
    <div className="flex min-h-13 flex-wrap items-center gap-2 rounded-lg border border-border bg-card px-4 py-2">
      {permissions.execute && (
        <Button variant="primary" disabled={stale} onClick={() => setAsking("execute")}>
          <Rocket aria-hidden /> Carry it out…
        </Button>
      )}
      {decisions.map(({ decision, keys, label, icon: Icon }) => (
        <Button
          key={decision}
          disabled={stale}
          aria-keyshortcuts={keys}
          title={`${label} (${keys})`}
          variant={decision === "approve" ? "primary" : decision === "deny" ? "danger" : "secondary"}
          onClick={() => setAsking(decision)}
        >
          <Icon aria-hidden /> {label}…
        </Button>
      ))}
      {permissions.unreview && (
        <Button
          disabled={stale}
          onClick={() => void act(() => takeReviewBack(request.id).then(onDone), { done: "Your review is taken back" })}
        >
          <Undo2 aria-hidden /> Take my review back
        </Button>
      )}
      {permissions.laterReview && (
        <Button variant="primary" onClick={() => setAsking("later-review")}>
          <Flame aria-hidden /> Look at the break-glass…
        </Button>
      )}
      {permissions.resubmit && (
        <Button variant={state === "changes_requested" ? "primary" : "secondary"} onClick={() => setAsking("resubmit")}>
          <RotateCcw aria-hidden /> Ask again…
        </Button>
      )}
      {permissions.withdraw && <Button onClick={() => setAsking("withdraw")}>Withdraw…</Button>}
      {permissions.breakGlass && (
        <Button variant="danger" disabled={stale} onClick={() => setAsking("break-glass")}>
          <Flame aria-hidden /> Break the glass…
        </Button>
      )}
      {permissions.whyNot !== null && !isTerminal(state) && (
        <p className="flex items-center gap-1.5 text-muted-foreground">
          <Info aria-hidden className="size-4 shrink-0" />
          {permissions.whyNot}
        </p>
      )}
      {asking !== null &&
        (isDecision(asking) ? (
          <ReviewDialog
            request={request}
            detail={request}
            decision={asking}
            onDone={onDone}
            onClose={() => setAsking(null)}
          />
        ) : (
          <RequestDialog request={request} asking={asking} onDone={onDone} onClose={() => setAsking(null)} />
        ))}
    </div>
  );
}

const DECISIONS = [
  { decision: "approve", keys: "a", label: "Approve", what: "Approve (asks once)", icon: Check },
  { decision: "deny", keys: "d", label: "Deny", what: "Deny (asks once, with a comment)", icon: X },
  {
    decision: "request_changes",
    keys: "r",
    label: "Request changes",
    what: "Request changes (asks once)",
    icon: PencilLine,
  },
] as const;

/** What is approved already can only be taken back. */
function decisionsOf(mayReview: boolean, state: RequestDetail["state"]) {
  return mayReview ? DECISIONS.filter(({ decision }) => state !== "approved" || decision !== "approve") : [];
}
