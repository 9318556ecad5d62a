"use client";
import Link from "next/link";
import { ActorName } from "#app/_ui/actor-name.tsx";
import { Card } from "#app/_ui/card.tsx";
import { CopyId } from "#app/_ui/copy.tsx";
import { bytes, count, figure } from "#app/_ui/format.ts";
import { SyntheticBadge } from "#app/_ui/status-badge.tsx";
import { Head, Table, Td, Th, Tr } from "#app/_ui/table.tsx";
import { Time } from "#app/_ui/time.tsx";
import { points } from "#app/(console)/approvals/_components/words.ts";
import { DriftCard } from "#app/(console)/approvals/[id]/_components/drift-card.tsx";
import type { Evidence, EvidenceSide } from "#lib/approvals/evidence/schemas.ts";

/** Where both versions come from, what they cost to run, and how their training data differ. */
export function DataTab({ evidence }: { evidence: Evidence }) {
  const { comparison, candidate, champion } = evidence.facts;
  return (
    <div className="grid items-start gap-4 lg:grid-cols-2">
      <div className="min-w-0 space-y-4">
        <Sides evidence={evidence} />
        {comparison !== null && (
          <Card title="Settings that differ" flush>
            {comparison.paramChanges.length === 0 ? (
              <p className="p-4 text-muted-foreground">Both were trained with the same settings.</p>
            ) : (
              <Table label="Settings that differ">
                <Head columns={["Setting", `Version ${candidate.version}`, `Version ${champion?.version}`]} />
                <tbody>
                  {comparison.paramChanges.map((change) => (
                    <Tr key={change.key}>
                      <Td className="font-mono">{change.key}</Td>
                      <Td className="font-mono">{change.candidate ?? "not set"}</Td>
                      <Td className="font-mono">{change.champion ?? "not set"}</Td>
                    </Tr>
                  ))}
                </tbody>
              </Table>
            )}
          </Card>
        )}
      </div>
      {comparison !== null && (
        <DriftCard
          drift={comparison.drift}
          missing={comparison.driftMissing}
          versions={[candidate.version, champion?.version ?? 0]}
        />
      )}
    </div>
  );
}

function Sides({ evidence }: { evidence: Evidence }) {
  const { facts, measured } = evidence;
  const { candidate, champion, comparison } = facts;
  const { latency } = measured;
  const sides = champion === null ? [candidate] : [candidate, champion];
  const fact = (name: string, of: (side: EvidenceSide, isCandidate: boolean) => React.ReactNode) => (
    <Tr key={name}>
      <Th scope="row">{name}</Th>
      {sides.map((side) => (
        <Td key={side.version} className="tabular">
          {of(side, side === candidate) ?? "–"}
        </Td>
      ))}
    </Tr>
  );
  const ms = (which: "p50Ms" | "p99Ms") => (_: EvidenceSide, isCandidate: boolean) => {
    const measuredLatency = isCandidate ? latency.candidate : latency.champion;
    return measuredLatency === null ? null : `${figure(measuredLatency[which])} ms`;
  };
  return (
    <Card
      title="Both versions"
      aside={
        <span className="text-xs text-muted-foreground">
          measured <Time at={measured.at} />
        </span>
      }
      flush
    >
      <Table label="Both versions">
        <Head columns={[{ name: "What", hidden: true }, ...sides.map((side) => `Version ${side.version}`)]} />
        <tbody>
          {fact("Run", ({ runId }) =>
            runId === null ? null : (
              <span className="flex gap-2">
                <Link href={`/runs/${runId}`} className="text-primary underline">
                  Open
                </Link>
                <CopyId id={runId} label="run id" />
              </span>
            ),
          )}
          {fact("Registered by", ({ createdBy }) => (
            <ActorName actor={createdBy} />
          ))}
          {fact("Dataset", ({ trainedOn }) =>
            trainedOn.datasetName === null ? null : (
              <span className="flex items-center gap-2">
                <Link href={`/datasets/${trainedOn.datasetName}`} className="text-primary underline">
                  {trainedOn.datasetName} {trainedOn.datasetVersion}
                </Link>
                {trainedOn.synthetic === true && <SyntheticBadge />}
              </span>
            ),
          )}
          {fact("Dataset digest", ({ trainedOn }) =>
            trainedOn.datasetDigest === null ? null : <CopyId id={trainedOn.datasetDigest} label="dataset digest" />,
          )}
          {fact(
            "Training images of the dataset",
            ({ trainedOn }) => trainedOn.trainCount !== null && count(trainedOn.trainCount),
          )}
          {fact("Code revision", ({ trainedOn }) =>
            trainedOn.codeRevision === null ? null : <CopyId id={trainedOn.codeRevision} label="code revision" />,
          )}
          {fact("Seed", ({ trainedOn }) => trainedOn.seed)}
          {fact("Engine", ({ trainedOn }) => trainedOn.engine)}
          {fact("ONNX digest", ({ onnxDigest }) =>
            onnxDigest === null ? "no ONNX file" : <CopyId id={onnxDigest} label="ONNX digest" />,
          )}
          {fact("Size", ({ sizeBytes }) => bytes(sizeBytes))}
          {fact("Test loss (nats)", ({ loss }) => figure(loss))}
          {fact("Calibration error", ({ calibrationError }) => figure(calibrationError))}
          {fact("Latency p50", ms("p50Ms"))}
          {fact("Latency p99", ms("p99Ms"))}
        </tbody>
      </Table>
      <p className="border-t border-border px-3 py-2 text-xs text-muted-foreground">
        Latency of single images, {count(latency.samples)} samples, one thread.
        {comparison !== null &&
          ` Size ${comparison.sizeBytesChange >= 0 ? "+" : "−"}${bytes(Math.abs(comparison.sizeBytesChange))}, calibration error ${points(comparison.calibrationErrorChange)}.`}
      </p>
    </Card>
  );
}
