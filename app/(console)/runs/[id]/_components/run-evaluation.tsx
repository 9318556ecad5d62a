"use client";
import { Card } from "#app/_ui/card.tsx";
import { ConfusionMatrix } from "#app/_ui/confusion-matrix.tsx";
import { DigitImage } from "#app/_ui/digit-image.tsx";
import { EmptyState } from "#app/_ui/empty-state.tsx";
import { count, figure, percent } from "#app/_ui/format.ts";
import { Stat, StatGrid } from "#app/_ui/stat.tsx";
import { Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { ReliabilityChart } from "#app/(console)/runs/[id]/_components/reliability-chart.tsx";
import type { Evaluation } from "#lib/engine/schemas.ts";
import { isRunActive, type RunStatus } from "#lib/tracking/status.ts";
import type { TrainedRun } from "#lib/training/schemas.ts";

/** How the trained network does on images that it has never seen. */
export function RunEvaluation({ run, status }: { run: TrainedRun; status: RunStatus }) {
  const { evaluation } = run;
  if (evaluation === null) {
    return (
      <EmptyState title="Not evaluated yet">
        <p>
          {isRunActive(status)
            ? "After the last epoch the network is measured on the test set; the results appear here."
            : "The run ended before it was measured on the test set. Retry it to get there."}
        </p>
      </EmptyState>
    );
  }
  return (
    <div className="space-y-4">
      <StatGrid>
        <Stat label="Test accuracy" value={percent(evaluation.accuracy)} note={`${count(evaluation.count)} images`} />
        <Stat label="Test loss" value={figure(evaluation.loss)} unit="nats" />
        <Stat
          label="Mistakes"
          value={count(evaluation.count * (1 - evaluation.accuracy))}
          note={`of ${count(evaluation.count)}`}
        />
        <Stat label="Calibration error" value={percent(evaluation.calibrationError)} note="expected, 15 bins" />
      </StatGrid>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ConfusionMatrix confusion={evaluation.confusion} file={`${run.name}-confusion`} />
        <div className="space-y-4">
          <PerClass evaluation={evaluation} />
        </div>
      </div>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <ReliabilityChart bins={evaluation.calibrationBins} file={`${run.name}-calibration`} />
        <Mistakes evaluation={evaluation} />
      </div>
    </div>
  );
}

function PerClass({ evaluation }: { evaluation: Evaluation }) {
  return (
    <Card title="By digit" flush>
      <Table label="Precision, recall and F1 by digit">
        <Head
          columns={[
            "Digit",
            { name: "Precision", number: true },
            { name: "Recall", number: true },
            { name: "F1", number: true },
            { name: "Images", number: true },
          ]}
        />
        <tbody>
          {evaluation.perClass.map((row) => (
            <Tr key={row.label} className="h-9">
              <Td className="font-medium">{row.label}</Td>
              <Td number>{percent(row.precision)}</Td>
              <Td number>{percent(row.recall)}</Td>
              <Td number>{percent(row.f1)}</Td>
              <Td number>{count(row.support)}</Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function Mistakes({ evaluation }: { evaluation: Evaluation }) {
  return (
    <Card title="Most confident mistakes">
      {evaluation.mistakes.length === 0 ? (
        <p className="text-muted-foreground">Not one image was answered wrongly.</p>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(4.5rem,1fr))] gap-3">
          {evaluation.mistakes.map((mistake) => (
            <li key={mistake.index} className="flex flex-col items-center text-xs">
              <DigitImage
                pixels={mistake.pixels}
                size={64}
                alt={`Test image ${mistake.index}: a ${mistake.label}, answered ${mistake.predicted} with ${percent(mistake.confidence, 1)}`}
              />
              <p className="tabular mt-1">
                {mistake.label} → <strong>{mistake.predicted}</strong>
              </p>
              <p className="tabular text-muted-foreground">{percent(mistake.confidence, 1)}</p>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
