"use client";
import Link from "next/link";
import { May } from "#app/_live/may.tsx";
import { ErrorCard } from "#app/_ui/error-card.tsx";
import { Deadline } from "#app/(console)/approvals/_components/deadline.tsx";
import { STATE_LOOKS } from "#app/(console)/approvals/_components/request-badges.tsx";
import { newHref } from "#app/(console)/approvals/_components/words.ts";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { isTerminal, type RequestState } from "#lib/approvals/status.ts";

/** What became of a request that is over or in trouble, and what to do now. */
const WORDS: Partial<Record<RequestState, string>> = {
  changes_requested: "A reviewer wants something different. Whoever asked mends it and asks again: a new round begins.",
  denied: "Reviewers denied it. Nothing was changed; a new request can be made.",
  withdrawn: "Whoever asked, or an admin, took it back. Nothing was changed.",
  expired: "Nobody decided or used it in time. Nothing was changed; it can be asked for anew.",
  invalidated:
    "What was asked for, or the policy, changed meanwhile, so the reviews are about something that is not there any more.",
  revoked: "A reviewer took the approval back before it was used. Nothing was changed.",
};

export function Outcome({ request }: { request: RequestDetail }) {
  const { state, error, subject, reviewDueAt, reviewedLaterBy } = request;
  const words = WORDS[state];
  return (
    <>
      {state === "failed" && (
        <ErrorCard title="It could not be carried out" id={request.id}>
          <p>{error?.message ?? "The server met an error that it did not expect."}</p>
          <p>Nothing was changed. Make a new request once the cause is gone.</p>
        </ErrorCard>
      )}
      {words !== undefined && (
        <p className="rounded-md bg-muted px-3 py-2">
          <strong className="font-medium">{STATE_LOOKS[state].word}.</strong> {words}
          {isTerminal(state) && (
            <May scope="approvals:request">
              {" "}
              <Link href={newHref(subject)} className="font-medium text-primary underline">
                Ask anew
              </Link>
            </May>
          )}
        </p>
      )}
      {state === "executed" && (
        <p className="rounded-md bg-success-muted px-3 py-2 text-success">
          Carried out.{" "}
          <Link href={`/models/${subject.modelName}?v=${subject.version}`} className="font-medium underline">
            See version {subject.version} of {subject.modelName}
          </Link>
        </p>
      )}
      {request.emergency && reviewDueAt !== null && (
        <p className="flex flex-wrap gap-x-2 rounded-md bg-warning-muted px-3 py-2 text-warning">
          Approved by break-glass: somebody else has to look at it afterwards. Due <Deadline at={reviewDueAt} />
        </p>
      )}
      {reviewedLaterBy !== null && (
        <p className="rounded-md bg-muted px-3 py-2">
          {reviewedLaterBy.name} has looked at the break-glass afterwards.
        </p>
      )}
    </>
  );
}
