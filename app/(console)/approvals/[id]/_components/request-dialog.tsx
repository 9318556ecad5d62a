"use client";
import { useId, useState } from "react";
import { Select } from "#app/_ui/input.tsx";
import { Label } from "#app/_ui/label.tsx";
import { breakGlass, execute, resubmit, reviewLater, withdraw } from "#app/(console)/approvals/_components/calls.ts";
import { TextDialog } from "#app/(console)/approvals/_components/text-dialog.tsx";
import { actWords, effectWords } from "#app/(console)/approvals/_components/words.ts";
import { ExecuteDialog } from "#app/(console)/approvals/[id]/_components/execute-dialog.tsx";
import type { RequestDetail } from "#lib/approvals/schemas.ts";

export type Asking = "execute" | "withdraw" | "resubmit" | "break-glass" | "later-review";

/** Asks once before what is not a review: withdraw, ask again, break the glass, look at it afterwards. */
export function RequestDialog(props: { request: RequestDetail; asking: Asking; onDone(): void; onClose(): void }) {
  const { request, asking, onDone, onClose } = props;
  const { id, subject, policy } = request;
  const what = actWords(subject);
  switch (asking) {
    case "execute":
      return (
        <ExecuteDialog title={`${what}?`} onClose={onClose} send={() => execute(id).then(onDone)}>
          {effectWords(subject)}
        </ExecuteDialog>
      );
    case "withdraw":
      return (
        <TextDialog
          title={`Withdraw the request to ${lower(what)}?`}
          action="Withdraw the request"
          danger
          field={{ label: "Reason", required: false }}
          done="The request is withdrawn"
          send={(reason) => withdraw(id, reason).then(onDone)}
          onClose={onClose}
        >
          <p>It ends, and with it the reviews that it has. It can be asked for anew.</p>
        </TextDialog>
      );
    case "resubmit":
      return (
        <TextDialog
          title={`Ask again to ${lower(what)}?`}
          action={`Begin round ${request.round + 1}`}
          field={{ label: "What is different now", required: true }}
          done={`Round ${request.round + 1} has begun`}
          send={(reason) => resubmit(id, reason).then(onDone)}
          onClose={onClose}
        >
          <p>
            What would take effect is frozen as it is now and the evidence is computed anew. Reviews of earlier rounds
            count no more.
          </p>
        </TextDialog>
      );
    case "break-glass":
      return (
        <TextDialog
          title={`Break the glass: ${lower(what)}?`}
          action="Approve without the reviews"
          danger
          field={{ label: "What the emergency is", required: true }}
          done="Approved by break-glass. It is not carried out yet."
          send={(reason) => breakGlass(request, reason).then(onDone)}
          onClose={onClose}
        >
          <p>
            It is approved at once, by you alone, without reviews and gates. It stands in the record, and somebody else
            has to look at it within {policy.body.breakGlass.reviewWithinHours} hours.
          </p>
        </TextDialog>
      );
    case "later-review":
      return <LaterReview id={id} onDone={onDone} onClose={onClose} />;
  }
}

function LaterReview({ id, onDone, onClose }: { id: string; onDone(): void; onClose(): void }) {
  const field = useId();
  const [verdict, setVerdict] = useState<"justified" | "not_justified">("justified");
  return (
    <TextDialog
      title="Was it right to break the glass?"
      action="Put it on record"
      field={{ label: "Why", required: true }}
      done="Your look at the break-glass is on record"
      send={(comment) => reviewLater(id, verdict, comment).then(onDone)}
      onClose={onClose}
    >
      <p>It changes nothing that was done; it closes the open question in the record.</p>
      <div className="mt-3 space-y-1 text-left text-foreground">
        <Label htmlFor={field}>Verdict</Label>
        <Select
          id={field}
          value={verdict}
          onChange={(event) => setVerdict(event.target.value === "justified" ? "justified" : "not_justified")}
        >
          <option value="justified">Justified</option>
          <option value="not_justified">Not justified</option>
        </Select>
      </div>
    </TextDialog>
  );
}

const lower = (text: string) => text.replace(/^./, (letter) => letter.toLowerCase());
