import Link from "next/link";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { percent } from "#app/_ui/format.ts";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Fact, Table } from "#app/_ui/table.tsx";
import { ApprovalWords } from "#app/(console)/models/[name]/_components/approval-words.tsx";
import { AtForm } from "#app/(console)/models/[name]/_components/at-form.tsx";
import { datasetHref, datasetWords, versionHref } from "#app/(console)/models/[name]/_components/hrefs.ts";
import type { ProductionAt } from "#lib/record/schemas.ts";

/** What was in Production at a moment, who put it there, on whose approval, trained on what. */
export function ProductionAtCard({ answer, asked }: { answer: ProductionAt; asked: string | null }) {
  const { inProduction: held, modelName } = answer;
  const to = held === null ? null : datasetHref(held.trainedOn);
  return (
    <Card title={asked === null ? "In Production now" : "In Production then"} flush>
      <AtForm at={asked} />
      <div className="min-h-66 border-t border-border">
        {held === null ? (
          <p className="p-4 text-muted-foreground">
            Nothing {asked === null ? "is" : "was"} in Production{" "}
            {asked === null ? "yet" : `at ${moment(answer.at)} UTC`}.
          </p>
        ) : (
          <Table label="In Production">
            <tbody>
              <Fact name="Version">
                <Link href={versionHref(modelName, held.version)} className="font-medium text-primary underline">
                  version {held.version}
                </Link>
              </Fact>
              <Fact name="Since">{moment(held.since)} UTC</Fact>
              <Fact name="Until">{held.until === null ? "it still is" : `${moment(held.until)} UTC`}</Fact>
              <Fact name="Put there by">{held.actorLabel}</Fact>
              <Fact name="Approval">
                <span className="whitespace-normal">
                  <ApprovalWords approvalId={held.approvalId} approval={held.approval} />
                </span>
              </Fact>
              <Fact name="Reason">
                {held.reason !== "" && <span className="whitespace-normal">{held.reason}</span>}
              </Fact>
              <Fact name="Trained on">
                <span className="flex flex-wrap items-center gap-2">
                  {to === null ? (
                    datasetWords(held.trainedOn)
                  ) : (
                    <Link href={to} className="text-primary underline">
                      {datasetWords(held.trainedOn)}
                    </Link>
                  )}
                  {held.trainedOn.synthetic === true && <SyntheticBadge />}
                </span>
              </Fact>
              <Fact name="Run">
                {held.runId !== null && (
                  <span className="flex gap-2">
                    <Link href={`/runs/${held.runId}`} className="text-primary underline">
                      Open the run
                    </Link>
                    <CopyId id={held.runId} label="run id" />
                  </span>
                )}
              </Fact>
              <Fact name="Test accuracy">
                <span className="tabular">{percent(held.testAccuracy)}</span>
              </Fact>
            </tbody>
          </Table>
        )}
      </div>
    </Card>
  );
}

const moment = (iso: string) => iso.slice(0, 19).replace("T", " ");
