import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { Time } from "#app/_ui/time.tsx";
import { DiffTable } from "#app/(console)/approvals/_components/diff-table.tsx";
import { PolicyFacts } from "#app/(console)/approvals/_components/policy-facts.tsx";
import type { RequestDetail, Round } from "#lib/approvals/schemas.ts";

/** What each round froze and how it differs from the one before, and the policy as it was when it was asked. */
export function Rounds({ request }: { request: RequestDetail }) {
  const { rounds, policy } = request;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        {rounds.toReversed().map((round) => {
          const before = rounds.find((one) => one.round === round.round - 1);
          return (
            <Card
              key={round.round}
              title={`Round ${round.round}`}
              aside={
                <span className="flex gap-3 text-xs text-muted-foreground">
                  <Time at={round.createdAt} /> <CopyId id={round.subjectDigest} label="subject digest" />
                </span>
              }
              flush
            >
              <p className="border-b border-border px-4 py-2 break-words whitespace-pre-wrap">{round.reason}</p>
              <DiffTable
                label={before === undefined ? "What was frozen" : `What changed since round ${before.round}`}
                before={before && frozen(before)}
                after={frozen(round)}
              />
            </Card>
          );
        })}
      </div>
      <Card
        title={`Policy, version ${policy.version}`}
        aside={<span className="text-xs text-muted-foreground">as it was when it was asked</span>}
      >
        <PolicyFacts body={policy.body} people={namesOf(request)} />
      </Card>
    </div>
  );
}

/** The evidence of a round is always another one: its name says nothing of what changed. */
function frozen({ subject }: Round) {
  const { evidenceId: _, ...rest } = subject;
  return rest;
}

/** Names of everybody who has to do with the request, by id. */
function namesOf({ eligible, contributors, requestedBy, reviews }: RequestDetail): Record<string, string> {
  const all = [...eligible, ...contributors, requestedBy, ...reviews.map(({ reviewer }) => reviewer)];
  return Object.fromEntries(all.map(({ id, name }) => [id, name]));
}
