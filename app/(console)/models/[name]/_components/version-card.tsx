import Link from "next/link";
import type { ReactNode } from "react";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { figure } from "#app/_ui/format.ts";
import { StageBadge, SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Table, Td, Th, Tr } from "#app/_ui/table.tsx";
import type { ModelVersion } from "#lib/registry/schemas.ts";

/** Where a version comes from, as far as its run told: data, seed, engine, code, settings, figures. */
export function VersionCard({ version }: { version: ModelVersion }) {
  const { lineage, runId } = version;
  // How it trained (speed, memory, batches) is on the run's page.
  const metrics = Object.entries(version.metrics)
    .filter(([key]) => /^(test_|val_|accuracy$|loss$)/.test(key))
    .sort(([a], [b]) => a.localeCompare(b));
  return (
    <Card title={`Version ${version.version}`} aside={<StageBadge stage={version.stage} />} flush>
      <Table label={`Origin of version ${version.version}`}>
        <tbody>
          <Row label="Run">
            {runId !== null && (
              <span className="flex gap-2">
                <Link href={`/runs/${runId}`} className="text-primary underline">
                  Open the run
                </Link>
                <CopyId id={runId} label="run id" />
              </span>
            )}
          </Row>
          <Row label="Strategy">{lineage.strategy}</Row>
          <Row label="Dataset">
            {lineage.datasetName !== null && (
              <span className="flex items-center gap-2">
                <Link href={datasetHref(lineage)} className="text-primary underline">
                  {lineage.datasetName} {lineage.datasetVersion}
                </Link>
                {lineage.synthetic === true && <SyntheticBadge />}
              </span>
            )}
          </Row>
          <Row label="Dataset digest">
            {lineage.datasetDigest !== null && <CopyId id={lineage.datasetDigest} label="dataset digest" />}
          </Row>
          <Row label="Seed">{lineage.seed}</Row>
          <Row label="Engine">{lineage.engine}</Row>
          <Row label="Code revision">
            {lineage.codeRevision !== null && <CopyId id={lineage.codeRevision} label="code revision" />}
          </Row>
          <Row label="ONNX digest">
            <CopyId id={version.onnxDigest} label="ONNX digest" />
          </Row>
          <Row label="Registered by">
            <span className="font-mono">{version.createdBy}</span>
          </Row>
          {metrics.map(([key, value]) => (
            <Row key={key} label={key}>
              <span className="tabular">{figure(value)}</span>
            </Row>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

/** What is not known is shown as a dash. */
function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Tr>
      <Th scope="row" className="w-44">
        {label}
      </Th>
      <Td>{children === null || children === false ? "–" : children}</Td>
    </Tr>
  );
}

function datasetHref({ datasetName, datasetVersion }: ModelVersion["lineage"]): string {
  return `/datasets/${datasetName}${datasetVersion === null ? "" : `?v=${datasetVersion}`}`;
}
