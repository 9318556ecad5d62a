import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { figure } from "#app/_ui/format.ts";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Fact, Table } from "#app/_ui/table.tsx";
import { datasetHref } from "#app/(console)/models/[name]/_components/hrefs.ts";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/** Where a version comes from, as far as its run told: data, seed, engine, code, settings, figures. */
export function VersionCard(props: {
  version: ModelVersion;
  /** Who registered it, for people. */
  registeredBy: string;
  aside?: ReactNode;
}) {
  const { version, registeredBy, aside } = props;
  const { lineage, runId } = version;
  // How it trained (speed, memory, batches) is on the run's page.
  const metrics = Object.entries(version.metrics)
    .filter(([key]) => /^(test_|val_|accuracy$|loss$)/.test(key))
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <Card title={`Version ${version.version}`} aside={aside ?? <StageBadge stage={version.stage} />} flush>
      <Table label={`Origin of version ${version.version}`}>
        <tbody>
          <Fact name="Run">
            {runId !== null && (
              <span className="flex gap-2">
                <Link href={`/runs/${runId}`} className="text-primary underline">
                  Open the run
                </Link>
                <CopyId id={runId} label="run id" />
              </span>
            )}
          </Fact>
          <Fact name="Strategy">{lineage.strategy}</Fact>
          <Fact name="Dataset">
            {lineage.datasetName !== null && (
              <span className="flex items-center gap-2">
                <Link href={datasetHref(lineage) ?? ""} className="text-primary underline">
                  {lineage.datasetName} {lineage.datasetVersion}
                </Link>
                {lineage.synthetic === true && <SyntheticBadge />}
              </span>
            )}
          </Fact>
          <Fact name="Dataset digest">
            {lineage.datasetDigest !== null && <CopyId id={lineage.datasetDigest} label="dataset digest" />}
          </Fact>
          <Fact name="Seed">{lineage.seed}</Fact>
          <Fact name="Engine">{lineage.engine}</Fact>
          <Fact name="Code revision">
            {lineage.codeRevision !== null && <CopyId id={lineage.codeRevision} label="code revision" />}
          </Fact>
          <Fact name="ONNX digest">
            {version.onnxDigest === null ? "no ONNX file" : <CopyId id={version.onnxDigest} label="ONNX digest" />}
          </Fact>
          <Fact name="Registered by">
            <span title={version.createdBy}>{registeredBy}</span>
          </Fact>
          {metrics.map(([key, value]) => (
            <Fact key={key} name={key}>
              <span className="tabular">{figure(value)}</span>
            </Fact>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
