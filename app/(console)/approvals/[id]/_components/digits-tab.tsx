"use client";
import { Card } from "#app/_ui/card.tsx";
import { ConfusionMatrix, worstOf } from "#app/_ui/confusion-matrix.tsx";
import { count, percent } from "#app/_ui/format.ts";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { points } from "#app/(console)/approvals/_components/words.ts";
import { IntervalChart } from "#app/(console)/approvals/[id]/_components/interval-chart.tsx";
import type { Comparison, EvidenceFacts } from "#lib/approvals/evidence/schemas.ts";
import type { PolicyBody } from "#lib/approvals/schemas.ts";

/** What changes for each digit, and which digits are taken for which. */
export function DigitsTab({ facts, policy }: { facts: EvidenceFacts; policy: PolicyBody }) {
  const { candidate, champion, comparison, modelName } = facts;
  const worst = Math.max(worstOf(candidate.confusion), champion === null ? 0 : worstOf(champion.confusion));
  return (
    <div className="space-y-4">
      {comparison !== null && <Changes comparison={comparison} facts={facts} policy={policy} />}
      <div className="grid items-start gap-4 lg:grid-cols-2">
        {[candidate, champion].map(
          (side) =>
            side !== null && (
              <ConfusionMatrix
                key={side.version}
                title={`Answers of version ${side.version}`}
                confusion={side.confusion}
                worst={worst}
                file={`${modelName}-${side.version}-confusion`}
              />
            ),
        )}
      </div>
    </div>
  );
}

function Changes(props: { comparison: Comparison; facts: EvidenceFacts; policy: PolicyBody }) {
  const { comparison, facts, policy } = props;
  const { candidate, champion, modelName } = facts;
  const gate = policy.gates.find((one) => one.kind === "class_recall_drop");
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <IntervalChart
        title="Recall by digit"
        note={`change from version ${champion?.version} to ${candidate.version}, paired 95 % intervals`}
        file={`${modelName}-recall-changes`}
        dense
        rows={comparison.perClass.map(({ label, recall }) => ({
          label: String(label),
          colour: recall.estimate < 0 ? "var(--chart-2)" : "var(--chart-1)",
          ...recall,
        }))}
        marks={[
          { at: 0, label: "no change", tone: "neutral" },
          ...(gate === undefined
            ? []
            : [{ at: -gate.threshold, label: `the gate: ${points(-gate.threshold)}`, tone: "danger" } as const]),
        ]}
        format={points}
      />
      <Card title="By digit" flush>
        <Table label="Recall, precision and F1 by digit">
          <Head
            columns={[
              "Digit",
              { name: "Images", number: true },
              { name: `Recall ${champion?.version}`, number: true },
              { name: `Recall ${candidate.version}`, number: true },
              { name: "Δ recall", number: true },
              { name: "Δ precision", number: true },
              { name: "Δ F1", number: true },
            ]}
          />
          <tbody>
            {comparison.perClass.map(({ label, support, recall, precision, f1 }) => (
              <Tr key={label}>
                <Td className="font-medium">{label}</Td>
                <Td number>{count(support)}</Td>
                <Td number>{percent(champion?.perClass[label]?.recall)}</Td>
                <Td number>{percent(candidate.perClass[label]?.recall)}</Td>
                <Td number>{points(recall.estimate)}</Td>
                <Td number>{points(precision)}</Td>
                <Td number>{points(f1)}</Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </Card>
    </div>
  );
}
