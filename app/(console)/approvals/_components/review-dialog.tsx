"use client";
import { useEffect, useState } from "react";
import { Skeleton } from "#app/_ui/skeleton.tsx";
import { readRequest, sendReview } from "#app/(console)/approvals/_components/calls.ts";
import { GateLine } from "#app/(console)/approvals/_components/gate-line.tsx";
import { TextDialog } from "#app/(console)/approvals/_components/text-dialog.tsx";
import { actWords, DECISION_WORDS, effectWords } from "#app/(console)/approvals/_components/words.ts";
import type { Decision, RequestDetail, RequestSummary } from "#lib/approvals/schemas.ts";

/**
 * One decision about one request, with what it will bring about and how the gates stand. Without `detail` it reads the
 * request first: nobody decides by the list alone.
 */
export function ReviewDialog(props: {
  request: RequestSummary;
  detail?: RequestDetail;
  decision: Decision;
  onDone(): void;
  onClose(): void;
}) {
  const { request, decision, onDone, onClose } = props;
  const [detail, setDetail] = useState(props.detail ?? null);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    if (detail !== null) return undefined;
    const stop = new AbortController();
    readRequest(request.id, stop.signal).then(setDetail, (error) => {
      if (!stop.signal.aborted) setProblem(error instanceof Error ? error.message : "It could not be read.");
    });
    return () => stop.abort();
  }, [detail, request.id]);

  const words = DECISION_WORDS[decision];
  const asked = { modelName: request.modelName, version: request.modelVersion, target: request.target };
  const required = decision !== "approve" || (detail?.policy.body.commentRequired ?? false);
  return (
    <TextDialog
      title={`${words.act}: ${actWords(asked).replace(/^./, (letter) => letter.toLowerCase())}?`}
      action={words.act}
      danger={decision === "deny"}
      field={{ label: words.asks, required }}
      done={`${words.done}: version ${request.modelVersion} of ${request.modelName}`}
      // What was read is what is decided on; the list's row may be older.
      send={(comment) => sendReview(detail ?? request, decision, comment).then(onDone)}
      onClose={onClose}
    >
      {detail === null ? (
        problem === undefined ? (
          <Skeleton className="h-24" />
        ) : (
          <p className="text-danger">{problem}</p>
        )
      ) : (
        <Facts detail={detail} decision={decision} />
      )}
    </TextDialog>
  );
}

function Facts({ detail, decision }: { detail: RequestDetail; decision: Decision }) {
  if (detail.permissions.whyNot !== null) return <p className="text-warning">{detail.permissions.whyNot}</p>;
  if (decision === "deny") return <p>The request ends. Whoever asked can ask anew.</p>;
  if (decision === "request_changes") {
    return (
      <p>The request waits until {detail.requestedBy.name} asks again; reviews of this round then count no more.</p>
    );
  }
  const when = detail.policy.body.executeOnApproval
    ? "As soon as everything holds it is carried out: "
    : "Once everything holds it can be carried out: ";
  return (
    <div className="space-y-3">
      <p>
        {when}
        {effectWords(detail.subject)}
      </p>
      {detail.gates.length > 0 && (
        <ul className="space-y-1.5">
          {detail.gates.map((gate) => (
            <GateLine key={`${gate.kind}-${gate.threshold}`} gate={gate} />
          ))}
        </ul>
      )}
      {detail.gates.some(({ holds }) => !holds) && (
        <p className="text-warning">Your approval counts, but the request stays open until every gate holds.</p>
      )}
    </div>
  );
}
