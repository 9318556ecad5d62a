"use client";
import { useRouter } from "next/navigation";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { useState } from "react";
import { usePoll } from "#app/_live/use-poll.ts";
import { Button } from "#app/_ui/button.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { Page } from "#app/_ui/page.tsx";
import { Tabs, TabsContent, TabsList, TabsTrigger } from "#app/_ui/tabs.tsx";
import { Time } from "#app/_ui/time.tsx";
import { EmergencyBadge, RequestStateBadge, RiskBadge } from "#app/(console)/approvals/_components/request-badges.tsx";
import { actWords } from "#app/(console)/approvals/_components/words.ts";
import { ActionBar } from "#app/(console)/approvals/[id]/_components/action-bar.tsx";
import { Comments } from "#app/(console)/approvals/[id]/_components/comments.tsx";
import { DataTab } from "#app/(console)/approvals/[id]/_components/data-tab.tsx";
import { DigitsTab } from "#app/(console)/approvals/[id]/_components/digits-tab.tsx";
import { Disagreements } from "#app/(console)/approvals/[id]/_components/disagreements.tsx";
import { EvidenceState } from "#app/(console)/approvals/[id]/_components/evidence-state.tsx";
import { GatesCard } from "#app/(console)/approvals/[id]/_components/gates-card.tsx";
import { HeadToHead } from "#app/(console)/approvals/[id]/_components/head-to-head.tsx";
import { Outcome } from "#app/(console)/approvals/[id]/_components/outcome.tsx";
import { PeopleCard } from "#app/(console)/approvals/[id]/_components/people-card.tsx";
import { Rounds } from "#app/(console)/approvals/[id]/_components/rounds.tsx";
import { Timeline } from "#app/(console)/approvals/[id]/_components/timeline.tsx";
import { WhatHappens } from "#app/(console)/approvals/[id]/_components/what-happens.tsx";
import type { RequestDetail } from "#lib/approvals/schemas.ts";
import { isTerminal } from "#lib/approvals/status.ts";

const TABS = ["digits", "images", "data", "rounds", "discussion"] as const;

/** A request with all that one needs to decide it. What was asked never changes under the reader: a newer round is offered. */
export function RequestView({ request: newest }: { request: RequestDetail }) {
  const router = useRouter();
  const [seen, setSeen] = useState(newest);
  const [tab, setTab] = useQueryState("tab", parseAsStringLiteral(TABS).withDefault("digits"));
  const changed = newest.round !== seen.round || newest.subjectDigest !== seen.subjectDigest;
  // Reviews, comments, evidence and the state may come in; only what is asked stays as it was seen.
  const request = changed ? seen : newest;
  const refresh = () => router.refresh();
  const computing = request.evidence === "waiting" || request.state === "executing";
  usePoll(async () => refresh(), isTerminal(newest.state) ? null : computing ? 3_000 : 15_000);

  const evidence = request.evidenceBody;
  const comparison = evidence?.facts.comparison ?? null;
  return (
    <Page
      title={
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {actWords(request.subject)}
          <RequestStateBadge state={request.state} />
          {request.emergency && <EmergencyBadge />}
          {request.risk !== "low" && <RiskBadge risk={request.risk} />}
        </span>
      }
      lead={
        <span className="flex flex-wrap items-center gap-x-3">
          <CopyId id={request.id} label="request id" />
          <span>
            Asked by {request.requestedBy.name} <Time at={request.createdAt} />
          </span>
          {request.round > 1 && <span>Round {request.round}</span>}
        </span>
      }
    >
      {changed && (
        <div role="alert" className="flex flex-wrap items-center gap-3 rounded-md bg-warning-muted px-3 py-2">
          <p className="text-warning">
            What is asked has changed since you looked. Nothing can be decided on the old round.
          </p>
          <Button size="sm" onClick={() => setSeen(newest)}>
            Show round {newest.round}
          </Button>
        </div>
      )}
      <Outcome request={request} />
      <ActionBar request={request} stale={changed} onDone={refresh} />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="min-w-0 space-y-4">
          <WhatHappens request={request} />
          {evidence === null ? (
            <EvidenceState request={request} onDone={refresh} />
          ) : (
            <HeadToHead evidence={evidence} policy={request.policy.body} />
          )}
        </div>
        <div className="min-w-0 space-y-4">
          <PeopleCard request={request} />
          <GatesCard request={request} onDone={refresh} />
          <Timeline request={request} />
        </div>
      </div>
      <Tabs value={tab} onValueChange={(next) => void setTab(TABS.find((one) => one === next) ?? "digits")}>
        <TabsList aria-label="Evidence and discussion">
          {evidence !== null && <TabsTrigger value="digits">By digit</TabsTrigger>}
          {comparison !== null && (
            <TabsTrigger value="images">Images they read differently ({comparison.disagreements.total})</TabsTrigger>
          )}
          {evidence !== null && <TabsTrigger value="data">Data, code and cost</TabsTrigger>}
          <TabsTrigger value="rounds">Rounds and policy</TabsTrigger>
          <TabsTrigger value="discussion">Discussion ({request.comments.length})</TabsTrigger>
        </TabsList>
        {evidence !== null && (
          <>
            <TabsContent value="digits">
              <DigitsTab facts={evidence.facts} policy={request.policy.body} />
            </TabsContent>
            <TabsContent value="images">
              {comparison !== null && (
                <Disagreements
                  disagreements={comparison.disagreements}
                  candidate={evidence.facts.candidate.version}
                  champion={evidence.facts.champion?.version ?? null}
                />
              )}
            </TabsContent>
            <TabsContent value="data">
              <DataTab evidence={evidence} />
            </TabsContent>
          </>
        )}
        <TabsContent value="rounds">
          <Rounds request={request} />
        </TabsContent>
        <TabsContent value="discussion">
          <Comments request={request} onDone={refresh} />
        </TabsContent>
      </Tabs>
    </Page>
  );
}
