import { Card } from "#app/_ui/card.tsx";
import { Deadline } from "#app/(console)/approvals/_components/deadline.tsx";
import { effectWords, undoWords } from "#app/(console)/approvals/_components/words.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

/** What an approval brings about, how to get back, by when, and why it is asked. */
export function WhatHappens({ request }: { request: RequestDetail }) {
  const { subject, policy } = request;
  const over = isTerminal(request.state);
  const asked = { ...subject, version: request.modelVersion };
  return (
    <Card title={over ? "What was asked" : "What happens when it is approved"}>
      <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-[6rem_minmax(0,1fr)] [&_dd]:mb-1 sm:[&_dd]:mb-0 [&_dt]:text-muted-foreground">
        <dt>Effect</dt>
        <dd className="font-medium">{effectWords(asked)}</dd>
        <dt>To undo</dt>
        <dd>{undoWords(asked)}</dd>
        <dt>Carried out</dt>
        <dd>
          {policy.body.executeOnApproval
            ? "By the system, as soon as it is approved."
            : `By whoever asked, within ${policy.body.validForHours} hours of the approval.`}
        </dd>
        {!over && (
          <>
            <dt>{request.state === "approved" ? "Valid until" : "Decide until"}</dt>
            <dd>
              <Deadline at={request.validUntil ?? request.expiresAt} />
            </dd>
          </>
        )}
        <dt>Reason</dt>
        <dd className="break-words whitespace-pre-wrap">{request.reason}</dd>
      </dl>
    </Card>
  );
}
