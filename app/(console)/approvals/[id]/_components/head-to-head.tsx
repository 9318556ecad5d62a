"use client";
import { TriangleAlert } from "lucide-react";
import { Card } from "#app/_ui/card.tsx";
import { count, figure, percent, plural } from "#app/_ui/format.ts";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { points } from "#app/(console)/approvals/_components/words.ts";
import { IntervalChart, type Mark } from "#app/(console)/approvals/[id]/_components/interval-chart.tsx";
import type { Evidence, EvidenceFacts, EvidenceSide } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody } from "#lib/approvals/schemas.ts";

/** How the candidate does beside the version that it would replace, on the same test images. */
export function HeadToHead({ evidence, policy }: { evidence: Evidence; policy: PolicyBody }) {
  const { facts, measured } = evidence;
  const { candidate, champion, comparison, testSet } = facts;
  const row = (side: EvidenceSide, colour: string) => ({ label: `Version ${side.version}`, colour, ...side.accuracy });
  const margin = policy.gates.find((gate) => gate.kind === "accuracy_lower_bound");
  const marks: Mark[] = [
    { at: 0, label: "no difference", tone: "neutral" },
    ...(margin === undefined
      ? []
      : [{ at: margin.threshold, label: `the gate: ${points(margin.threshold)}`, tone: "danger" } as const]),
  ];
  return (
    <>
      <IntervalChart
        title="Accuracy"
        note={`share of ${count(testSet.count)} test images, 95 % intervals`}
        file={`${facts.modelName}-accuracy`}
        rows={[row(candidate, "var(--chart-1)"), ...(champion === null ? [] : [row(champion, "var(--chart-2)")])]}
        format={(value) => percent(value)}
      />
      {comparison !== null && champion !== null && (
        <IntervalChart
          title="Difference"
          note={`version ${candidate.version} − version ${champion.version}, paired 95 % interval (Newcombe)`}
          file={`${facts.modelName}-difference`}
          rows={[{ label: "Accuracy", colour: "var(--chart-1)", ...comparison.difference }]}
          marks={marks}
          format={points}
        />
      )}
      <Card title="In words">
        <div className="space-y-2">
          <InWords facts={facts} />
          <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-muted-foreground">
            Test set {testSet.datasetName} {testSet.datasetVersion}, {count(testSet.count)} images that neither was
            trained on.
            {testSet.synthetic && <SyntheticBadge />}
          </p>
          {testSet.foreignToChampion && (
            <Caution>
              The champion was trained on another dataset version: these images may be new to it, or among those that it
              learned.
            </Caution>
          )}
          {measured.testSetComparisons > 20 && (
            <Caution>
              {plural(measured.testSetComparisons, "pair")} of versions have been compared on this test set: after so
              many looks a small difference says little.
            </Caution>
          )}
        </div>
      </Card>
    </>
  );
}

function InWords({ facts }: { facts: EvidenceFacts }) {
  const { comparison, candidate, champion } = facts;
  if (comparison === null || champion === null) {
    return (
      <p>
        Nothing is in Production, so there is nothing to compare with. Version {candidate.version} reads{" "}
        {count(candidate.correct)} of {count(facts.testSet.count)} test images rightly.
      </p>
    );
  }
  const { table, difference, mcnemar } = comparison;
  const verdict =
    difference.lower > 0
      ? `Version ${candidate.version} is better`
      : difference.upper < 0
        ? `Version ${candidate.version} is worse`
        : "The test set does not tell which is better";
  return (
    <>
      <p className="font-medium">
        {verdict}: {points(difference.estimate)}, and with 95 % confidence between {points(difference.lower)} and{" "}
        {points(difference.upper)}.
      </p>
      <p>
        {count(table.onlyCandidateRight)} images only version {candidate.version} reads rightly,{" "}
        {count(table.onlyChampionRight)} only version {champion.version}; {count(table.bothRight)} both and{" "}
        {count(table.bothWrong)} neither. Were both equally often right, so uneven a split would come about by chance in{" "}
        {chance(mcnemar.midP)} of such test sets (McNemar, mid-p {probability(mcnemar.midP)}).
      </p>
    </>
  );
}

function Caution({ children }: { children: React.ReactNode }) {
  return (
    <p className="flex gap-2 text-warning">
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <span>{children}</span>
    </p>
  );
}

const probability = (p: number) => (p < 0.001 ? "below 0.001" : figure(p));
const chance = (p: number) => (p < 0.001 ? "fewer than 0.1 %" : percent(p, 1));
