import { Card } from "#app/_ui/card.tsx";
import { ConfusionMatrix } from "#app/_ui/confusion-matrix.tsx";
import { count, figure, percent } from "#app/_ui/format.ts";
import { Fact, Head, Table, Td, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { StageHistory } from "#app/(console)/models/[name]/_components/stage-history.tsx";
import type { CardFact, Interval, ModelCard } from "#lib/record/schemas.ts";

/** What the record knows of the model and its data, and its moves with their approvals. */
export function CardFacts({ card }: { card: ModelCard }) {
  return (
    <div className="min-w-0 space-y-4">
      <Facts title="Model details" facts={card.details} />
      <Facts title="Evaluation data" facts={card.evaluationData} />
      <Facts title="Training data" facts={card.trainingData} />
      <StageHistory single title="Moves into Staging and Production" entries={card.approvals} />
    </div>
  );
}

/** What was measured: overall, by class, and what was taken for what. */
export function CardMetrics({ card }: { card: ModelCard }) {
  const { metrics, perClass, confusion } = card;
  return (
    <>
      <Card title="Metrics" flush>
        {metrics === null ? (
          <p className="p-4 text-muted-foreground">The record holds no evaluation of this version.</p>
        ) : (
          <Table label="Metrics">
            <Head columns={["Metric", { name: "Value", number: true }, { name: "95 % interval", number: true }]} />
            <tbody>
              <Tr>
                <Td>Accuracy on {count(metrics.count)} images</Td>
                <Td number>{percent(metrics.accuracy.value)}</Td>
                <Td number>{range(metrics.accuracy)}</Td>
              </Tr>
              <Tr>
                <Td>Mean cross entropy (nats)</Td>
                <Td number>{figure(metrics.loss)}</Td>
                <Td number>–</Td>
              </Tr>
              <Tr>
                <Td>Expected calibration error (15 bins)</Td>
                <Td number>{percent(metrics.calibrationError)}</Td>
                <Td number>–</Td>
              </Tr>
            </tbody>
          </Table>
        )}
      </Card>
      {perClass.length > 0 && (
        <Card title="By digit" flush>
          <Table label="Recall and precision by digit">
            <Head
              columns={["Digit", "Images", "Recall", "Its 95 % interval", "Precision", "Its interval", "F1"].map(
                (name) => ({ name, number: true }),
              )}
            />
            <tbody>
              {perClass.map((score) => (
                <Tr key={score.label}>
                  <Td number>{score.label}</Td>
                  <Td number>{count(score.support)}</Td>
                  <Td number>{percent(score.recall)}</Td>
                  <Td number>{range(score.recallInterval)}</Td>
                  <Td number>{percent(score.precision)}</Td>
                  <Td number>{range(score.precisionInterval)}</Td>
                  <Td number>{score.f1.toFixed(4)}</Td>
                </Tr>
              ))}
            </tbody>
          </Table>
        </Card>
      )}
      {confusion.length > 0 && (
        <ConfusionMatrix confusion={confusion} file={`${card.modelName}-${card.version}-confusion`} />
      )}
    </>
  );
}

function Facts({ title, facts }: { title: string; facts: readonly CardFact[] }) {
  return (
    <Card title={title} flush>
      <Table label={title}>
        <tbody>
          {facts.map(({ name, value }) => (
            <Fact key={name} name={name}>
              <span className="block min-w-40 py-1 wrap-anywhere whitespace-normal">
                <WithTimes text={value} />
              </span>
            </Fact>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

/** The card's facts are text for its files as well; moments in it are shown as everywhere in the console. */
function WithTimes({ text }: { text: string }) {
  return text
    .split(/(\d{4}-\d{2}-\d{2}T[\d:.]+Z)/)
    .map((part, place) => (place % 2 === 1 ? <Time key={part} at={part} /> : part));
}

const range = ({ low, high }: Interval) => `${(low * 100).toFixed(1)}–${(high * 100).toFixed(1)} %`;
